// From what was typed to what a job is asked: names looked up, paths made absolute, dates read.

import { resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import { parseDataArgument } from './data-argument.ts'
import { parseDateRange } from './data/date-range.ts'
import type { BacktestRequest } from './jobs/backtest-inputs.ts'
import type { TrainingRequest } from './jobs/training-inputs.ts'
import { findModel, type ModelPlace } from './models/find-model.ts'
import { loadModel } from './models/load-model.ts'
import type { Settings } from './settings.ts'
import type { Sqlite } from './store/database.ts'

export type DataOptions = {
  /** FILE or directory, or SYMBOL= either. */
  readonly data: readonly string[]
  readonly start?: string | undefined
  readonly end?: string | undefined
}

export type TrainOptions = DataOptions & {
  readonly strategy: string
  readonly epochs?: number | undefined
  readonly seed?: number | undefined
  /** A model to start from. */
  readonly from?: string | undefined
}

export type BacktestOptions = DataOptions & {
  /** A model, or a strategy: its newest model, unless `model` says which. */
  readonly given: string
  readonly model?: string | undefined
  readonly capital: number
  readonly commission: number
  readonly slippage: number
  readonly positionSize: number
  readonly wholeUnits: boolean
}

/** What names are looked up in. */
export type RequestContext = { readonly db: Sqlite; readonly settings: Settings }

export function trainRequest(
  { db, settings }: RequestContext,
  options: TrainOptions,
): TrainingRequest & Json {
  const { strategy, epochs, seed, from } = options
  return {
    strategy: { given: strategy, directories: settings.strategyDirectories, snapshot: null },
    ...dataRequest(options),
    epochs: epochs ?? null,
    seed: seed ?? null,
    warmStart: from === undefined ? null : findModel(db, settings.layout, from),
  }
}

export async function backtestRequest(
  { db, settings }: RequestContext,
  options: BacktestOptions,
): Promise<BacktestRequest & Json> {
  const { given, model, capital, commission, slippage, positionSize, wholeUnits } = options
  const strategyFile = /\.ya?ml$/.test(given) ? resolve(given) : null
  const name = strategyFile === null ? given : await nameIn(strategyFile)
  const untrained = model === undefined && strategyFile !== null ? given : undefined
  const place = findModel(db, settings.layout, model ?? name, untrained)
  if (model !== undefined) checkStrategyOf(model, place, name)
  return {
    model: { ...place, strategyFile },
    ...dataRequest(options),
    simulation: { capital, commission, slippage, positionSize, wholeUnits },
  }
}

export function dataRequest({
  data,
  start,
  end,
}: DataOptions): Pick<TrainingRequest, 'data' | 'range'> {
  const { firstMs, lastMs } = parseDateRange({ start, end })
  return {
    data: data.map((text) => {
      const { path, symbol } = parseDataArgument(text)
      return { path: resolve(path), symbol, used: null }
    }),
    range: { fromMs: firstMs ?? null, toMs: lastMs ?? null },
  }
}

/** @throws USAGE unless the model was trained from the strategy of that name */
function checkStrategyOf(model: string, place: ModelPlace, strategy: string): void {
  const trained = loadModel(place.directory, place.sha256).manifest.strategy
  if (trained === strategy) return
  throw new KtrdrError(
    'USAGE',
    `The model ${model} was trained from the strategy ${trained}, not from ${strategy}.`,
    { suggestions: [`ktrdr backtest ${trained} --model ${model} --data FILE`] },
  )
}

/** A strategy file stands for the models of its name. */
async function nameIn(strategyFile: string): Promise<string> {
  const { loadStrategy } = await import('./strategy/load-strategy.ts')
  return loadStrategy(strategyFile).strategy.name
}
