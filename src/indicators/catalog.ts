// All indicators by name. To add one: write its file, list it here, and give it a golden.
// A name is looked up as upstream does: any case, canonical type or alias, with or without the suffix `Indicator`.

import { adline } from './adline.ts'
import { adx } from './adx.ts'
import { aroon } from './aroon.ts'
import { atr } from './atr.ts'
import { bollingerBands } from './bollinger-bands.ts'
import { bollingerBandwidth } from './bollinger-bandwidth.ts'
import { cci } from './cci.ts'
import { cmf } from './cmf.ts'
import { distanceFromMa } from './distance-from-ma.ts'
import { donchianChannels } from './donchian-channels.ts'
import { ema } from './ema.ts'
import { fisherTransform } from './fisher-transform.ts'
import { ichimoku } from './ichimoku.ts'
import type { Indicator } from './indicator.ts'
import { keltnerChannels } from './keltner-channels.ts'
import { macd } from './macd.ts'
import { mfi } from './mfi.ts'
import { momentum } from './momentum.ts'
import { obv } from './obv.ts'
import { parabolicSar } from './parabolic-sar.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { rvi } from './rvi.ts'
import { sma } from './sma.ts'
import { squeezeIntensity } from './squeeze-intensity.ts'
import { stochastic } from './stochastic.ts'
import { supertrend } from './supertrend.ts'
import { volumeRatio } from './volume-ratio.ts'
import { vwap } from './vwap.ts'
import { williamsR } from './williams-r.ts'
import { wma } from './wma.ts'
import { zigzag } from './zigzag.ts'

/** Canonical type → indicator. */
export const INDICATORS: ReadonlyMap<string, Indicator> = new Map(
  [
    adline,
    adx,
    aroon,
    atr,
    bollingerBands,
    bollingerBandwidth,
    cci,
    cmf,
    distanceFromMa,
    donchianChannels,
    ema,
    fisherTransform,
    ichimoku,
    keltnerChannels,
    macd,
    mfi,
    momentum,
    obv,
    parabolicSar,
    roc,
    rsi,
    rvi,
    sma,
    squeezeIntensity,
    stochastic,
    supertrend,
    volumeRatio,
    vwap,
    williamsR,
    wma,
    zigzag,
  ].map((indicator) => [indicator.type, indicator]),
)

const BY_NAME: ReadonlyMap<string, Indicator> = new Map(
  [...INDICATORS.values()].flatMap((indicator) =>
    [indicator.type, ...indicator.aliases].map((name) => [name, indicator]),
  ),
)

export function findIndicator(name: string): Indicator | undefined {
  return BY_NAME.get(canonicalSpelling(name))
}

/** Why this indicator cannot be a feature; undefined when nothing speaks against it. */
export function refusal(name: string): string | undefined {
  return findIndicator(name)?.repaints
    ? 'it repaints: its value at a bar depends on later bars, so it can only be a label'
    : undefined
}

/** Canonical types and aliases, sorted: what a misspelled name is compared with. */
export function indicatorNames(): string[] {
  return [...BY_NAME.keys()].toSorted()
}

function canonicalSpelling(name: string): string {
  return name.toLowerCase().replace(/indicator$/, '')
}
