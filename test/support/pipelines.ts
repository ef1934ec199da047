// A pipeline with a phase of each kind that is quick, over a small world, for tests that run it again and again.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeWorld, type World } from './world.ts'

export type PipelineWorld = World & {
  readonly file: string
  /** Puts another text in the place of one that is in a file of the world. */
  readonly edit: (name: string, before: string, after: string) => void
  readonly read: (name: string) => string
  readonly path: (name: string) => string
}

/** Counts lines, after as many milliseconds as its third argument says. */
const COUNT = `import { readFileSync, writeFileSync } from 'node:fs'
const [, , from, to, ms = '0'] = process.argv
process.stdout.write('counting\\n')
await new Promise((done) => setTimeout(done, Number(ms)))
writeFileSync(to, String(readFileSync(from, 'utf8').split('\\n').length))
`

const TASK = `export const start = ({ n }) => ({ n, sum: 0, done: 0 })
export function step(state, ctx) {
  state.sum += ctx.random('sum', state.done).nextUnit()
  state.done++
  ctx.progress(state.done / state.n)
  return state.done >= state.n
}
export const finish = ({ sum }) => sum
`

export type PipelineOptions = {
  readonly bars?: number
  readonly epochs?: number
  /** Milliseconds that the command takes. */
  readonly commandMs?: number
  /** Steps of each task. */
  readonly steps?: number
}

export function makePipelineWorld(options: PipelineOptions = {}): PipelineWorld {
  const { bars = 500, epochs = 3, commandMs = 0, steps = 50 } = options
  const world = makeWorld({ bars, epochs, hiddenLayers: '[4]' })
  const path = (name: string): string => join(world.directory, name)
  writeFileSync(path('count.mjs'), COUNT)
  writeFileSync(path('sum.mjs'), TASK)
  writeFileSync(path('sum.json'), `[{"n": ${steps}}, {"n": ${2 * steps}}]`)
  writeFileSync(
    path('pipeline.yaml'),
    `name: sample
save_interval_seconds: 0.02
phases:
  bars: { kind: prepare, action: convert, in: bars.csv, out: out/bars.csv }
  train: { kind: train, strategy: walk.yaml, data: '\${bars.out}' }
  test:
    kind: backtest
    model: \${train.model}
    data: \${bars.out}
    capital: 50000
    export: out/test
  page: { kind: report, operation: '\${test.operation}', out: out/page.html }
  count:
    kind: command
    run: ['${process.execPath}', count.mjs, '\${test.export}/trades.csv', out/count.txt, ${commandMs}]
    inputs: count.mjs
    outputs: { lines: out/count.txt }
  sum: { kind: task, module: sum.mjs, input: sum.json }
`,
  )
  return {
    ...world,
    file: path('pipeline.yaml'),
    path,
    read: (name) => readFileSync(path(name), 'utf8'),
    edit: (name, before, after) => {
      const text = readFileSync(path(name), 'utf8')
      if (!text.includes(before)) throw new Error(`${name} does not hold ${before}`)
      writeFileSync(
        path(name),
        text.replace(before, () => after),
      )
    },
  }
}
