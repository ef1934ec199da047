// The one way from bars to labels, whatever the labeler.

import { KtrdrError } from '../core/errors.ts'
import type { Bars } from '../data/bars.ts'
import { forwardReturnLabels } from './forward-return.ts'
import type { Labels, LabelSettings } from './label.ts'
import { zigzagLabels } from './zigzag.ts'

/** Labels of all bars: one entry a bar in `values` and `endBar`. */
export function makeLabels(bars: Bars, settings: LabelSettings): Labels {
  switch (settings.source) {
    case 'zigzag':
      return zigzagLabels(bars.close, settings.threshold)
    case 'forward_return':
      return forwardReturnLabels(bars.close, settings.horizon)
    case 'triple_barrier':
    case 'regime':
    case 'context':
      throw new KtrdrError('NOT_YET_SUPPORTED', `Labels of ${settings.source} come later.`)
  }
}
