// An error on the screen: what, then what to type next.

import { KtrdrError } from '../core/errors.ts'
import { visible } from './format.ts'

export function errorScreen(error: unknown, options: { verbose: boolean }): string {
  const lines: string[] = []
  if (error instanceof KtrdrError) {
    lines.push(`Error: ${visible(error.message)}`, `Code: ${error.code}`)
    const [first, ...others] = error.suggestions
    if (first !== undefined) lines.push(`Try this: ${visible(first)}`)
    for (const other of others) lines.push(`          ${visible(other)}`)
  } else {
    const message = error instanceof Error ? error.message : String(error)
    lines.push(`Error: ${visible(message)}`, 'Code: INVARIANT', 'This is a bug in ktrdr.')
  }
  const isBug = !(error instanceof KtrdrError) || error.code === 'INVARIANT'
  if ((isBug || options.verbose) && error instanceof Error && error.stack)
    lines.push('', visible(error.stack))
  return lines.join('\n')
}
