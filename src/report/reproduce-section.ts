// How to get the very same result again, and how to see that it is the same.

import { html, type Markup } from './markup.ts'
import { factTable, type Section } from './page.ts'
import type { OperationFacts } from './report-data.ts'

export function reproduceSection(
  operations: readonly (readonly [string, OperationFacts])[],
): Section {
  return {
    id: 'reproduce',
    title: 'Reproduce',
    body: html`<p>The same program, data and commands give the same bytes; the hashes tell.</p>
      ${operations.map(([title, operation]) => operationBox(title, operation))}`,
  }
}

function operationBox(title: string, operation: OperationFacts): Markup {
  const { operationId, createdAt, endedAt, program, attempts, hashes, fingerprints } = operation
  const hashRows = Object.entries(hashes).map(
    ([name, hash]) => [name, html`<code>${hash}</code>`] as const,
  )
  return html`<h3>${title}</h3>
    <pre tabindex="0">${operation.command}</pre>
    ${factTable([
      ['Operation', html`<code>${operationId}</code>`],
      ['Started', `${createdAt.slice(0, 19).replace('T', ' ')} UTC`],
      ['Ended', endedAt === null ? '--' : `${endedAt.slice(0, 19).replace('T', ' ')} UTC`],
      ['Program', program],
      ['Attempts', html`${attempts.map((line) => html`<span class="line">${line}</span>`)}`],
      ['Files', html`<code>${operation.directory}</code>`],
      ...hashRows,
    ])}
    <details>
      <summary>Fingerprints of what went in</summary>
      ${factTable(Object.entries(fingerprints).map(([name, value]) => [name, html`<code>${value}</code>`]))}
    </details>`
}
