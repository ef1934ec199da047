// The one way from bars to labels, whatever the labeler.

import type { Bars } from '../data/bars.ts'
import { contextLabels } from './context.ts'
import { forwardReturnLabels } from './forward-return.ts'
import type { Labels, LabelSettings } from './label.ts'
import { regimeLabels } from './regime.ts'
import { tripleBarrierLabels } from './triple-barrier.ts'
import { zigzagLabels } from './zigzag.ts'

/** Labels of all bars: one entry a bar in `values` and `endBar`. */
export function makeLabels(bars: Bars, settings: LabelSettings): Labels {
  switch (settings.source) {
    case 'zigzag':
      return zigzagLabels(bars.close, settings.threshold)
    case 'forward_return':
      return forwardReturnLabels(bars.close, settings.horizon)
    case 'triple_barrier':
      return tripleBarrierLabels(bars, settings)
    case 'regime':
      return regimeLabels(bars, settings)
    case 'context':
      return contextLabels(bars.close, settings)
  }
}
