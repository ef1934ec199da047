// A WebAssembly function under construction: locals, assignments, stores, loops and branches.

import { counted, unsigned } from './bytes.ts'
import { i32, VALUE_TYPES, type I32, type V128, type Value, type ValueType } from './values.ts'

export type Local<Type extends ValueType> = Value<Type> & { readonly index: number }

export type Parameters = Readonly<Record<string, ValueType>>
export type ParameterLocals<P extends Parameters> = { readonly [Name in keyof P]: Local<P[Name]> }

export type FunctionBuilder = {
  readonly i32: () => Local<'i32'>
  readonly v128: () => Local<'v128'>
  readonly v128s: (count: number) => Local<'v128'>[]
  readonly set: <Type extends ValueType>(local: Local<Type>, value: Value<Type>) => void
  /** local ← local + amount */
  readonly increase: (local: Local<'i32'>, amount: I32 | number) => void
  readonly store: (address: I32, value: V128, offset?: number) => void
  readonly storeI32: (address: I32, value: I32, offset?: number) => void
  /** Stores one 32-bit lane. */
  readonly storeLane: (address: I32, value: V128, lane: number, offset?: number) => void
  readonly when: (condition: I32, then: () => void, otherwise?: () => void) => void
  /** Runs `body` at least once, and again while `condition` holds. */
  readonly repeatWhile: (condition: () => I32, body: () => void) => void
  /** Runs `body` as long as `condition` holds. */
  readonly loopWhile: (condition: () => I32, body: () => void) => void
  /** counter = from, from + step … while below `until`; not at all when `from` is not below. */
  readonly forRange: (
    counter: Local<'i32'>,
    from: I32 | number,
    until: I32,
    step: number,
    body: () => void,
  ) => void
}

export type BuiltFunction = {
  readonly builder: FunctionBuilder
  readonly parameter: <Type extends ValueType>(type: Type) => Local<Type>
  /** Declarations of the locals and the code, with its end. */
  readonly body: (result?: I32) => number[]
}

const NO_RESULT = 0x40
const END = 0x0b

export function buildFunction(): BuiltFunction {
  const locals: ValueType[] = []
  let parameterCount = 0
  const code: number[] = []

  const emit = (bytes: readonly number[]): void => {
    code.push(...bytes)
  }
  const local = <Type extends ValueType>(type: Type): Local<Type> => {
    locals.push(type)
    const index = locals.length - 1
    return { type, index, code: [0x20, ...unsigned(index)] }
  }
  const set: FunctionBuilder['set'] = (target, value) => {
    emit(value.code)
    code.push(0x21)
    emit(unsigned(target.index))
  }
  const when: FunctionBuilder['when'] = (condition, then, otherwise) => {
    emit(condition.code)
    emit([0x04, NO_RESULT])
    then()
    if (otherwise) {
      emit([0x05])
      otherwise()
    }
    emit([END])
  }
  const repeatWhile: FunctionBuilder['repeatWhile'] = (condition, body) => {
    emit([0x03, NO_RESULT])
    body()
    emit(condition().code)
    emit([0x0d, 0, END])
  }

  const loopWhile: FunctionBuilder['loopWhile'] = (condition, body) =>
    when(condition(), () => repeatWhile(condition, body))

  const builder: FunctionBuilder = {
    i32: () => local('i32'),
    v128: () => local('v128'),
    v128s: (count) => Array.from({ length: count }, () => local('v128')),
    set,
    increase: (target, amount) => set(target, i32.add(target, amount)),
    store: (address, value, offset = 0) => {
      emit(address.code)
      emit(value.code)
      emit([0xfd, 11, 2, ...unsigned(offset)])
    },
    storeI32: (address, value, offset = 0) => {
      emit(address.code)
      emit(value.code)
      emit([0x36, 2, ...unsigned(offset)])
    },
    storeLane: (address, value, lane, offset = 0) => {
      emit(address.code)
      emit(value.code)
      emit([0xfd, 90, 2, ...unsigned(offset), lane])
    },
    when,
    repeatWhile,
    loopWhile,
    forRange: (counter, from, until, step, body) => {
      set(counter, i32.const(from))
      loopWhile(
        () => i32.lessThan(counter, until),
        () => {
          body()
          set(counter, i32.add(counter, step))
        },
      )
    },
  }

  return {
    builder,
    parameter: (type) => {
      parameterCount++
      return local(type)
    },
    body: (result) => {
      const own = locals.slice(parameterCount)
      const groups: number[][] = []
      for (let i = 0; i < own.length;) {
        let end = i
        while (end < own.length && own[end] === own[i]) end++
        groups.push([...unsigned(end - i), VALUE_TYPES[own[i]!]])
        i = end
      }
      return counted(groups).concat(code, result?.code ?? [], END)
    },
  }
}
