// Jobs without a runner: what they are asked, run through at once, and their bundles put where another job reads them.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exactJson, sha256, type Json } from '../../src/core/hash.ts'
import type { BacktestRequest } from '../../src/jobs/backtest-inputs.ts'
import type { Job, Outcome } from '../../src/jobs/job.ts'
import type { TrainingRequest } from '../../src/jobs/training-inputs.ts'
import { trainingJob } from '../../src/jobs/training.ts'
import type { World } from './world.ts'
import { ONE_THREAD } from './kernel-engine.ts'

export function trainingRequest(
  { strategy, bars }: Pick<World, 'strategy' | 'bars'>,
  changes: Partial<TrainingRequest> = {},
): TrainingRequest {
  return {
    strategy: { given: strategy, directories: [], snapshot: null },
    data: [{ path: bars, symbol: null, used: null }],
    range: { fromMs: null, toMs: null },
    epochs: null,
    seed: null,
    warmStart: null,
    ...changes,
  }
}

export function backtestRequest(
  { bars }: Pick<World, 'bars'>,
  model: string,
  changes: Partial<BacktestRequest> = {},
): BacktestRequest {
  return {
    model: { directory: model, sha256: null, strategyFile: null },
    data: [{ path: bars, symbol: null, used: null }],
    range: { fromMs: null, toMs: null },
    simulation: {
      capital: 100_000,
      commission: 0.001,
      slippage: 0.0005,
      positionSize: 0.5,
      wholeUnits: false,
    },
    ...changes,
  }
}

export async function runThrough(job: Job, settings: Json): Promise<Outcome> {
  const { inputs } = await job.load(settings, ONE_THREAD)
  const state = job.begin(inputs)
  job.advance(state, inputs, Infinity)
  return job.finish(state, inputs)
}

export function writeBundle(directory: string, { bundle }: Outcome): void {
  mkdirSync(directory, { recursive: true })
  const files = Object.entries(bundle.files)
  for (const [name, content] of files) writeFileSync(join(directory, name), content)
  const hashes = Object.fromEntries(files.map(([name, content]) => [name, sha256(content)]))
  writeFileSync(join(directory, 'manifest.json'), exactJson({ ...bundle.manifest, files: hashes }))
}

/** Trains for real; gives back where the model lies. */
export async function trainModel(directory: string, request: TrainingRequest): Promise<string> {
  writeBundle(directory, await runThrough(trainingJob as Job, request as Json))
  return directory
}

/** Changes the manifest of a model on disk, as somebody with an editor would. */
export function editManifest(
  directory: string,
  change: (manifest: Record<string, Json>) => void,
): void {
  const path = join(directory, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Json>
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}
