// What `init` says of the strategy that it has written.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'

export function initScreen(report: {
  readonly path: string
  readonly name: string
  readonly features: readonly string[]
  readonly warnings: readonly string[]
  readonly next: readonly string[]
}): string {
  return [
    ...report.warnings.map((warning) => `! ${warning}`),
    `Wrote ${report.path}: it gives the network ${counted(report.features.length, 'feature')}.`,
    'Type next:',
    ...report.next.map((command) => `  ${command}`),
  ]
    .map(visible)
    .join('\n')
}
