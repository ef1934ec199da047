// The templates of `ktrdr init` as rules: what to do on what a network would see.

import type { Timeframe } from '../data/bars.ts'
import type { StarterTemplate } from './starter-choices.ts'

/** @param longest the longer timeframe of the template, if it has one */
export function starterRules(template: StarterTemplate, longest: Timeframe): string {
  switch (template) {
    case 'momentum':
      return `  long:
    enter: macd_12_26 crosses above macd_12_26.signal and strength.weak < 0.5
    exit: macd_12_26 crosses below macd_12_26.signal or speed.falling > 0.8`
    case 'mean-reversion':
      return `  long:
    enter: stretch.washed_out > 0.5 and place.floor > 0.5 and roc_5 < 0
    exit: stretch.stretched > 0.5 or place.ceiling > 0.5 or close < close[1] - 4 * atr_14`
    case 'trend':
      return `  long:
    enter: direction.up > 0.5 and trendiness.idle < 0.5 and adx_14.plus_di > adx_14.minus_di
    exit: direction.up < 0.2 or roc_20 < 0 and macd_12_26 < 0`
    case 'multi-timeframe':
      return `  long:
    enter: strength.weak > 0.3 and trendiness.moving@${longest} > 0.3 and roc_10@${longest} > 0
    exit: strength.strong > 0.5 or speed.rising > 0.8`
  }
}
