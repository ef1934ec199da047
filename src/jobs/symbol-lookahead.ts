// What of one symbol looks ahead, and how much history its features need: as a report.

import { KtrdrError } from '../core/errors.ts'
import { counted } from '../core/text.ts'
import type { Model } from '../models/load-model.ts'
import type { Network } from '../neural/network.ts'
import type { RuleStrategy, Strategy } from '../strategy/strategy.ts'
import {
  findLookahead,
  sampleBars,
  type AnalysedColumn,
  type ColumnKind,
  type Lookahead,
} from './find-lookahead.ts'
import { historyNeeds, type HistoryNeed } from './history-needs.ts'
import type { SymbolData } from './market-data.ts'
import { strategyColumns } from './strategy-columns.ts'

export type SymbolLookahead = {
  readonly symbol: string
  readonly bars: number
  /** Stamps of the sampled bars. */
  readonly samples: readonly string[]
  /** How many columns of each kind were looked at. */
  readonly checked: Readonly<Record<ColumnKind, number>>
  readonly lookahead: readonly LookaheadFinding[]
  readonly history: readonly HistoryNeed[]
}

/** Bars by their stamps, values as JSON has them: null = none. */
export type LookaheadFinding = Omit<Lookahead, 'bar' | 'lastKnownBar' | 'value' | 'changed'> & {
  readonly bar: string
  readonly lastKnownBar: string
  readonly value: number | null
  readonly changed: number | null
}

/** A model of the strategy, its network ready to predict. */
export type ModelToAnalyse = { readonly model: Model; readonly network: Network }

/**
 * @param wanted how many bars to sample
 * @throws DATA_INVALID for fewer than three bars in the range
 */
export function symbolLookahead(
  strategy: Strategy | RuleStrategy,
  { symbol, market, bars, from }: SymbolData,
  toAnalyse: ModelToAnalyse | null,
  wanted: number,
): SymbolLookahead {
  const last = bars.length - 1
  if (last - from < 2)
    throw new KtrdrError(
      'DATA_INVALID',
      `${symbol} has ${counted(bars.length - from, 'bar')} in the range; to cut the data after some of them takes three.`,
      { suggestions: ['Choose an earlier --start or a later --end.'] },
    )
  const warm = warmFrom(strategyColumns(strategy, null)(market))
  const samples = sampleBars(wanted, Math.max(from, warm < last ? warm : 0), last)
  const compute = strategyColumns(
    strategy,
    toAnalyse && {
      network: toAnalyse.network,
      normalizations: toAnalyse.model.manifest.normalizations,
      stampsMs: new Set(samples.map((bar) => bars.timestampMs[bar]!)),
    },
  )
  const stampOf = (bar: number): string => new Date(bars.timestampMs[bar]!).toISOString()
  const columns = compute(market)
  return {
    symbol,
    bars: bars.length - from,
    samples: samples.map(stampOf),
    checked: {
      feature: countOf(columns, 'feature'),
      label: countOf(columns, 'label'),
      signal: countOf(columns, 'signal'),
    },
    lookahead: findLookahead(market, compute, samples).map((finding) => ({
      ...finding,
      bar: stampOf(finding.bar),
      lastKnownBar: stampOf(finding.lastKnownBar),
      value: orNull(finding.value),
      changed: orNull(finding.changed),
    })),
    history: historyNeeds(market, compute, samples),
  }
}

/** The least that a strategy may ask for. */
const LEAST_HISTORY = 50

/**
 * The `history_required` with which no feature changes noticeably: 0 when none does that has a value at all, null when
 * more may be needed than could be tried.
 */
export function recommendedHistory(needs: readonly HistoryNeed[]): number | null {
  if (needs.some(({ practically }) => practically === null)) return null
  const forgetful = needs.filter(({ changes, practically }) =>
    changes.some(({ bars, ratio }) => bars < practically! && ratio !== null),
  )
  if (forgetful.length === 0) return 0
  return Math.max(LEAST_HISTORY, ...forgetful.map(({ practically }) => practically!))
}

/** The first bar at which every feature that ever has a value has had one. */
function warmFrom(columns: readonly AnalysedColumn[]): number {
  const firsts = columns
    .filter(({ kind }) => kind === 'feature')
    .map(({ values }) => Array.from(values).findIndex((value) => !Number.isNaN(value)))
  return Math.max(0, ...firsts)
}

function countOf(columns: readonly AnalysedColumn[], kind: ColumnKind): number {
  return columns.filter((column) => column.kind === kind).length
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
