// Whether `training_data.history_required` is as long as the indicators in use need.

import { TIMEFRAME_MS, TIMEFRAMES } from '../data/bars.ts'
import type { Timeframe } from '../data/bars.ts'
import { findIndicator } from '../indicators/catalog.ts'
import { indicatorWarmup } from '../indicators/compute.ts'
import { readParameters } from './indicator-uses.ts'
import { warning } from './problems.ts'
import type { Finding } from './problems.ts'
import { findReference } from './references.ts'
import { meaningOf, referencesOf } from './rule-references.ts'
import type { PartialFile } from './schema.ts'
import { baseTimeframeOf, timeframesOf } from './training-data.ts'

export function checkHistory(file: PartialFile): Finding[] {
  const history = file.training_data?.history_required
  const base = baseTimeframeOf(file)
  if (history === undefined || base === undefined) return []
  const [longest] = warmups(file)
    .map((warmup) => ({ ...warmup, baseBars: inBaseBars(warmup, base) }))
    .toSorted((a, b) => b.baseBars - a.baseBars)
  if (longest === undefined || longest.baseBars <= history) return []
  const { ref, timeframe, bars, baseBars } = longest
  const inBase = timeframe === base ? '' : `, up to ${baseBars} of ${base}`
  const message = `is ${history}, but ${ref} needs ${bars} bars of ${timeframe} before its first value${inBase}`
  const remedy = 'leave it out for as many as the indicators need'
  return [warning(['training_data', 'history_required'], message, remedy)]
}

type Warmup = { readonly ref: string; readonly timeframe: Timeframe; readonly bars: number }

/** A market that closes has fewer base bars in a bar of a longer timeframe, never more. */
function inBaseBars({ timeframe, bars }: Warmup, base: Timeframe): number {
  return Math.ceil((bars * TIMEFRAME_MS[timeframe]) / TIMEFRAME_MS[base])
}

/** Of every output that an input or a rule needs. A context series is looked at bar by bar too. */
function warmups(file: PartialFile): Warmup[] {
  return Object.hasOwn(file, 'rules') ? warmupsOfRules(file) : warmupsOfInputs(file)
}

function warmupsOfRules(file: PartialFile): Warmup[] {
  const base = baseTimeframeOf(file)
  return (referencesOf(file) ?? []).flatMap((reference) => {
    const meaning = meaningOf(reference, file)
    if (meaning === undefined || 'message' in meaning || meaning.kind === 'price') return []
    const ref =
      meaning.kind === 'indicator' ? meaning.ref : file.fuzzy_sets?.[meaning.set]?.indicator
    const bars = ref === undefined ? undefined : warmupOf(ref, file)
    const timeframe = TIMEFRAMES.find((each) => each === (reference.timeframe ?? base))
    if (ref === undefined || bars === undefined || timeframe === undefined) return []
    return [{ ref, timeframe, bars: bars + reference.back }]
  })
}

function warmupsOfInputs(file: PartialFile): Warmup[] {
  return (file.nn_inputs ?? []).flatMap((input) => {
    const ref = input?.raw_indicator ?? file.fuzzy_sets?.[input?.fuzzy_set ?? '']?.indicator
    const bars = ref === undefined ? undefined : warmupOf(ref, file)
    const timeframes = input?.timeframes === 'all' ? timeframesOf(file) : input?.timeframes
    if (ref === undefined || bars === undefined) return []
    return (timeframes ?? []).flatMap((timeframe) =>
      timeframe === undefined ? [] : { ref, timeframe, bars },
    )
  })
}

function warmupOf(ref: string, { indicators = {} }: PartialFile): number | undefined {
  const reference = findReference(ref, indicators)
  if (reference === undefined || !('found' in reference)) return undefined
  const { indicatorId: id, output } = reference.found
  const given = indicators[id]!
  const indicator = findIndicator(given.type!)!
  const { parameters } = readParameters(indicator, given, [])
  return indicatorWarmup({ id, type: indicator.type, parameters })[output]
}
