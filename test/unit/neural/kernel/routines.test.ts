import { expect, it } from 'vitest'
import { createMemory } from '../../../../src/neural/kernel/memory.ts'
import { instantiate, OPERANDS } from '../../../../src/neural/kernel/routines.ts'
import { RESERVED_BYTES } from '../../../../src/neural/kernel/routines/constants.ts'
import { kernelEngine } from '../../../support/kernel-engine.ts'

it.each([false, true])('the module has the routines of the type, operand for operand', (wide) => {
  const routines = instantiate(kernelEngine(wide).module, createMemory(RESERVED_BYTES))
  const operands = Object.entries(routines).map(([name, routine]) => [name, routine.length])
  expect(Object.fromEntries(operands)).toEqual(OPERANDS)
})

it('constants are written by the thread that says so, and by no other instantiation', () => {
  const memory = createMemory(RESERVED_BYTES)
  const bytes = new Uint8Array(memory.buffer)
  const routines = instantiate(kernelEngine().module, memory)
  expect(bytes.every((byte) => byte === 0)).toBe(true)
  routines.write_constants()
  expect(bytes.every((byte) => byte === 0)).toBe(false)
})
