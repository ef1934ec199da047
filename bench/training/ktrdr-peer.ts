// ktrdr as a peer of the training bench. Arguments: engine, threads.

import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import type { BenchCase } from './cases.ts'
import { openEngine, type EngineName } from './engines.ts'
import type { BenchRequest, Measurement } from './peer.ts'
import { median, quantile } from './statistics.ts'
import { makeWork, type Work } from './work.ts'

/** Many steps are timed together when they are shorter than this, so that the clock costs nothing. */
const SAMPLE_MS = 0.4
const WARM_UP_MS = 300

type WarmWork = Work & { readonly stepsPerSample: number }

function repeat(step: () => void, times: number): number {
  const start = performance.now()
  for (let i = 0; i < times; i++) step()
  return (performance.now() - start) / times
}

function warmUp(work: Work): WarmWork {
  const start = performance.now()
  let stepMs = repeat(work.step, 3)
  while (performance.now() - start < WARM_UP_MS) stepMs = repeat(work.step, 3)
  return { ...work, stepsPerSample: Math.max(1, Math.ceil(SAMPLE_MS / stepMs)) }
}

function measure({ step, stepsPerSample }: WarmWork, seconds: number): Measurement {
  const samples: number[] = []
  const cpuStart = process.cpuUsage()
  const start = performance.now()
  while (performance.now() - start < seconds * 1000)
    samples.push(repeat(step, stepsPerSample) / 1000)
  const { user, system } = process.cpuUsage(cpuStart)
  const steps = samples.length * stepsPerSample
  const cpu = (user + system) / 1e6 / steps
  return { median: median(samples), p25: quantile(samples, 0.25), cpu, steps }
}

const engine = process.argv[2] as EngineName
const createNetwork = openEngine(engine, Number(process.argv[3]))
const answer = (data: unknown): void => console.log(JSON.stringify(data))
answer({ peer: `ktrdr, ${engine} engine, Node ${process.versions.node}` })

let current: BenchCase | null = null
let work: WarmWork | null = null
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as BenchRequest
  if (!work || !isDeepStrictEqual(request.case, current)) {
    work?.close()
    current = request.case
    work = warmUp(makeWork(current, createNetwork))
  }
  answer(measure(work, request.seconds))
}
work?.close()
