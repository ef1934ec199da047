// A WebAssembly module under construction: functions over one imported shared memory, and words of constant data.

import { counted, int32Bytes, sized, text, unsigned } from './bytes.ts'
import {
  buildFunction,
  type FunctionBuilder,
  type ParameterLocals,
  type Parameters,
} from './function.ts'
import { i32, VALUE_TYPES, type I32, type ValueType } from './values.ts'

type Entry = {
  readonly name: string
  readonly parameters: readonly ValueType[]
  readonly hasResult: boolean
  readonly body: readonly number[]
}

export type ModuleBuilder = {
  /** Defines and exports a function. Its arguments are `parameters` in their order; it returns what `write` returns. */
  readonly define: <P extends Parameters>(
    name: string,
    parameters: P,
    write: (f: FunctionBuilder, locals: ParameterLocals<P>) => I32 | void,
  ) => void
  /** @param data words that the export `write_constants` puts at an address; none if it is left out */
  readonly bytes: (data?: {
    readonly address: number
    readonly words: readonly number[]
  }) => Uint8Array
}

/** Pages of 64 KiB that a 32-bit address can reach. */
export const MAX_PAGES = 65536

export function buildModule(): ModuleBuilder {
  const entries: Entry[] = []
  return {
    define: (name, parameters, write) => {
      const { builder, parameter, body } = buildFunction()
      const locals = Object.fromEntries(
        Object.entries(parameters).map(([key, type]) => [key, parameter(type)]),
      ) as ParameterLocals<typeof parameters>
      const result = write(builder, locals) ?? undefined
      entries.push({
        name,
        parameters: Object.values(parameters),
        hasResult: result !== undefined,
        body: body(result),
      })
    },
    bytes: (data = { address: 0, words: [] }) => encode(entries, data),
  }
}

/**
 * Copies the data to its place. Instantiation does not: every thread instantiates the module over the same memory,
 * and would write what others read.
 */
function writeConstants(address: number, bytes: number): Entry {
  const operands = [address, 0, bytes].flatMap((n) => i32.const(n).code)
  const memoryInit = [0xfc, 8, 0, 0]
  const body = [0, ...operands, ...memoryInit, 0x0b] // it has no locals
  return { name: 'write_constants', parameters: [], hasResult: false, body }
}

function encode(
  entries: readonly Entry[],
  data: { readonly address: number; readonly words: readonly number[] },
): Uint8Array {
  const constants = int32Bytes(data.words)
  const all = [...entries, writeConstants(data.address, constants.length)]
  const types = all.map(({ parameters, hasResult }) => [
    0x60,
    ...counted(parameters.map((type) => [VALUE_TYPES[type]])),
    ...(hasResult ? [1, VALUE_TYPES.i32] : [0]),
  ])
  const sharedMemory = [0x02, 0x03, ...unsigned(1), ...unsigned(MAX_PAGES)]
  const exported = all.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)])
  const passive = [0x01, ...sized(constants)]
  const section = (id: number, content: readonly number[]): number[] => [id].concat(sized(content))
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  const bytes = header.concat(
    section(1, counted(types)),
    section(2, counted([[...text('kernel'), ...text('memory'), ...sharedMemory]])),
    section(3, counted(all.map((_, i) => unsigned(i)))),
    section(7, counted(exported)),
    section(12, unsigned(1)), // segments of data, said before the code that uses them
    section(10, counted(all.map(({ body }) => sized(body)))),
    section(11, counted([passive])),
  )
  return new Uint8Array(bytes)
}
