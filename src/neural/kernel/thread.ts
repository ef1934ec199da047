// A helper thread of a kernel network. Whoever starts one runs `runKernelThread` in it, and calls
// `abortKernel` when it ends on its own.

import { passPoint } from '../../core/fault.ts'
import { createPhases } from './architecture.ts'
import { runPhases } from './phases.ts'
import { makePlan, type PlanInput } from './plan.ts'
import { instantiate } from './routines.ts'
import { abortTeam, joinTeam } from './team.ts'

/** All that a helper needs; may be sent to another thread. */
export type KernelThreadData = {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly input: PlanInput
  /** 1 … threads − 1 */
  readonly thread: number
}

/** Does this thread's share of every step until the network is closed. Returns then. */
export function runKernelThread({ module, memory, input, thread }: KernelThreadData): void {
  // A thread that receives a memory while another grows it may keep the old size, and then traps wherever V8 checks
  // bounds by itself (arm64, for one): growing by nothing makes it look again.
  memory.grow(0)
  const plan = makePlan(input)
  const team = joinTeam(new Int32Array(memory.buffer), plan.team / 4, plan.threads)
  const phases = createPhases(instantiate(module, memory), memory, plan, input.fit!, thread)
  while (team.next()) {
    passPoint('kernel.step')
    if (runPhases(phases, team)) team.arrive()
  }
}

/** Says that a thread died: a step that waits for it throws at once, as every later one. */
export function abortKernel({ memory, input }: KernelThreadData): void {
  abortTeam(new Int32Array(memory.buffer), makePlan(input).team / 4)
}
