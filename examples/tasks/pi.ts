// π by throwing darts: how many of the points in a square lie in its circle. Each step throws ten thousand, and is a safe
// point: kill it at any instant, and it goes on to the same digits.
//
//   ktrdr tasks run examples/tasks/pi.ts --input examples/tasks/pi.json

import type { TaskContext } from 'ktrdr'

type Input = { readonly darts: number }
type State = { thrown: number; inside: number; readonly darts: number }

const DARTS_A_STEP = 10_000

export function start({ darts }: Input): State {
  return { thrown: 0, inside: 0, darts }
}

/** True when it was the last one. */
export function step(state: State, ctx: TaskContext): boolean {
  const random = ctx.random('darts', state.thrown)
  const count = Math.min(DARTS_A_STEP, state.darts - state.thrown)
  for (let i = 0; i < count; i++) {
    const x = random.nextUnit()
    const y = random.nextUnit()
    if (x * x + y * y < 1) state.inside++
  }
  state.thrown += count
  ctx.progress(state.thrown / state.darts, { pi: (4 * state.inside) / state.thrown })
  return state.thrown >= state.darts
}

export function finish({ inside, thrown }: State): { pi: number; darts: number } {
  return { pi: (4 * inside) / thrown, darts: thrown }
}
