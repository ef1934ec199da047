// What a run would do.

import type { Headline } from '../core/events.ts'
import { visible } from './format.ts'
import { labelled } from './table.ts'

export function headlineScreen(plan: {
  readonly headline: Headline
  readonly warnings: readonly string[]
}): string {
  const warnings = plan.warnings.map((warning) => `! ${visible(warning)}`)
  return [
    labelled(plan.headline),
    ...warnings,
    '',
    'Nothing was started. Leave --dry-run away to do it.',
  ].join('\n')
}
