// `ktrdr lookahead`: whether anything that a strategy computes of its data looks ahead, and how much history it needs.

import { existsSync } from 'node:fs'
import { KtrdrError } from './core/errors.ts'
import { checkPlace } from './check-place.ts'
import { barCacheOf } from './data/bar-cache.ts'
import type { ModelToAnalyse, SymbolLookahead } from './jobs/symbol-lookahead.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import type { Settings } from './settings.ts'
import type { Strategy } from './strategy/strategy.ts'

export type LookaheadOptions = DataOptions & {
  readonly strategy: string
  /** Bars of each symbol after which the data is cut, and replaced. */
  readonly samples: number
}

export type LookaheadReport = {
  readonly strategy: string
  readonly timeframe: string
  /** Directory of the model whose signals were looked at. */
  readonly model: string | null
  readonly looksAhead: boolean
  readonly symbols: readonly SymbolLookahead[]
  readonly history: {
    /** `history_required` of the strategy; null = as many bars as the indicators need. */
    readonly required: number | null
    /** What settles every feature; 0 = nothing has to, null = more than these bars can tell. */
    readonly recommended: number | null
  }
  readonly warnings: readonly string[]
}

/** @throws what loading the strategy and the data throws; DATA_INVALID for too few bars */
export async function checkLookahead(
  { strategy: given, samples, ...options }: LookaheadOptions,
  settings: Settings,
): Promise<LookaheadReport> {
  const [
    { findStrategy, formatProblem, loadAnyStrategy },
    { dataNeedsOf },
    { loadMarketData },
    { recommendedHistory, symbolLookahead },
  ] = await Promise.all([
    import('./strategy/load-strategy.ts'),
    import('./jobs/data-needs.ts'),
    import('./jobs/market-data.ts'),
    import('./jobs/symbol-lookahead.ts'),
  ])
  const path = findStrategy(given, settings.strategyDirectories)
  const { strategy, text, warnings } = loadAnyStrategy(path)
  const { data, range } = dataRequest(options)
  const market = await loadMarketData(
    data,
    dataNeedsOf(strategy),
    range,
    barCacheOf(settings.layout),
  )
  const { toAnalyse, notes } =
    'rules' in strategy ? NO_MODEL : await modelOf(strategy, text, settings)
  const symbols = market.symbols.map((symbol) =>
    symbolLookahead(strategy, symbol, toAnalyse, samples),
  )
  return {
    strategy: strategy.name,
    timeframe: strategy.baseTimeframe,
    model: toAnalyse && toAnalyse.model.directory,
    looksAhead: symbols.some(({ lookahead }) => lookahead.length > 0),
    symbols,
    history: {
      required: strategy.historyRequired,
      recommended: recommendedHistory(symbols.flatMap(({ history }) => history)),
    },
    warnings: [...warnings.map(formatProblem), ...market.warnings, ...notes],
  }
}

type FoundModel = { readonly toAnalyse: ModelToAnalyse | null; readonly notes: readonly string[] }

const NO_MODEL: FoundModel = { toAnalyse: null, notes: [] }

/** The newest model of the strategy, if it is of this text of it. */
async function modelOf(strategy: Strategy, text: string, settings: Settings): Promise<FoundModel> {
  const { layout } = settings
  if (!existsSync(layout.database)) return NO_MODEL
  checkPlace(settings)
  const [{ openDatabase }, { findModel }, { loadModel }, { checkModel }, { networkOf }, kernel] =
    await Promise.all([
      import('./store/database.ts'),
      import('./models/find-model.ts'),
      import('./models/load-model.ts'),
      import('./jobs/check-model.ts'),
      import('./jobs/model-network.ts'),
      import('./open-kernel.ts'),
    ])
  const db = openDatabase(layout.database)
  try {
    const { directory, sha256 } = findModel(db, layout, strategy.name)
    const model = loadModel(directory, sha256)
    if (model.strategyText !== text)
      return without(`The model ${directory} was trained with another text of the strategy.`)
    checkModel(model, strategy)
    const resources = { threads: 1, cores: 1, kernel: kernel.openKernel, startThread: () => {} }
    return { toAnalyse: { model, network: networkOf(model, resources) }, notes: [] }
  } catch (error) {
    if (!(error instanceof KtrdrError)) throw error
    if (error.code === 'MODEL_NOT_FOUND') return NO_MODEL
    return without(error.message)
  } finally {
    db.close()
  }
}

/** A model that cannot be used is no reason not to look at the rest. */
function without(why: string): FoundModel {
  return { toAnalyse: null, notes: [`${why} Its signals were not looked at.`] }
}
