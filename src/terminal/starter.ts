// What `init` says of the strategy that it has written.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'
import { hanging } from './wrap.ts'

export function initScreen(
  report: {
    readonly path: string
    readonly name: string
    readonly features: readonly string[]
    readonly warnings: readonly string[]
    readonly next: readonly string[]
    readonly missing: { readonly path: string; readonly timeframe: string } | null
  },
  room = Infinity,
): string {
  return [
    ...report.warnings.map((warning) => hanging('! ', warning, room)),
    `Wrote ${report.path}: ${report.features.length > 0 ? `it gives the network ${counted(report.features.length, 'feature')}` : 'it trades by rules'}.`,
    'Type next:',
    ...report.next.map((command) => `  ${command}`),
    ...(report.missing ? [standIn(report.missing)] : []),
  ]
    .map(visible)
    .join('\n')
}

function standIn({ path, timeframe }: { readonly path: string; readonly timeframe: string }) {
  return `${path} stands for your own bars. Made-up ones: ktrdr data synth --out ${path} --timeframe ${timeframe}`
}
