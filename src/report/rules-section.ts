// The rules that decided, as they stand in the strategy.

import { html } from './markup.ts'
import { factTable, type Section } from './page.ts'
import type { RuleText } from './report-data.ts'

export function rulesSection(rules: readonly RuleText[]): Section {
  return {
    id: 'rules',
    title: 'Rules',
    body: factTable(
      rules.map(({ title, condition }) => [title, html`<code>${condition}</code>`] as const),
    ),
  }
}
