// A WebAssembly module under construction: functions over one imported shared memory, and words of constant data.

import { counted, int32Bytes, signed, sized, text, unsigned } from './bytes.ts'
import {
  buildFunction,
  type FunctionBuilder,
  type ParameterLocals,
  type Parameters,
} from './function.ts'
import { VALUE_TYPES, type I32, type ValueType } from './values.ts'

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
  /** @param data words that stand at an address whenever the module is instantiated */
  readonly bytes: (data: {
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
    bytes: (data) => encode(entries, data),
  }
}

function encode(
  entries: readonly Entry[],
  data: { readonly address: number; readonly words: readonly number[] },
): Uint8Array {
  const types = entries.map(({ parameters, hasResult }) => [
    0x60,
    ...counted(parameters.map((type) => [VALUE_TYPES[type]])),
    ...(hasResult ? [1, VALUE_TYPES.i32] : [0]),
  ])
  const sharedMemory = [0x02, 0x03, ...unsigned(1), ...unsigned(MAX_PAGES)]
  const exported = entries.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)])
  const active = [0x00, 0x41, ...signed(data.address), 0x0b, ...sized(int32Bytes(data.words))]
  const section = (id: number, content: readonly number[]): number[] => [id].concat(sized(content))
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  const bytes = header.concat(
    section(1, counted(types)),
    section(2, counted([[...text('kernel'), ...text('memory'), ...sharedMemory]])),
    section(3, counted(entries.map((_, i) => unsigned(i)))),
    section(7, counted(exported)),
    section(10, counted(entries.map(({ body }) => sized(body)))),
    section(11, counted([active])),
  )
  return new Uint8Array(bytes)
}
