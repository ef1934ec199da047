// What a run does, or would do.

import type { Headline } from '../core/events.ts'
import { visible } from './format.ts'
import { labelled } from './table.ts'
import { hanging } from './wrap.ts'

type Plan = { readonly headline: Headline; readonly warnings: readonly string[] }

/** What a job says of its inputs once they are loaded. */
export function headlineScreen({ headline, warnings }: Plan, room = Infinity): string {
  return [
    labelled(headline, { room }),
    ...warnings.map((warning) => hanging('! ', visible(warning), room)),
  ].join('\n')
}

export function dryRunScreen(plan: Plan, room = Infinity): string {
  return `${headlineScreen(plan, room)}\n\nNothing was started. Leave --dry-run away to do it.`
}
