// What `validate` says of a strategy that is sound.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'

export function validScreen(report: {
  readonly name: string
  readonly features: readonly string[]
  readonly warnings: readonly string[]
}): string {
  return [
    ...report.warnings.map((warning) => `! ${visible(warning)}`),
    `Strategy '${report.name}' is valid (v3 format).`,
    `It gives the network ${counted(report.features.length, 'feature')}:`,
    ...report.features.map((feature) => `  ${feature}`),
  ].join('\n')
}
