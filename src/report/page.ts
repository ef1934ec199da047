// One HTML file that needs nothing else: styles, scripts and data are inside, and its content security policy forbids
// every request, so that a report can be sent and opened anywhere.

import { sha256 } from '../core/hash.ts'
import { html, scriptJson, type Markup } from './markup.ts'

/** Texts of the files that go into every page. */
export type PageAssets = {
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  /** Licences of what others have made, which go with every copy of it. */
  readonly licences: readonly string[]
}

/** Paths in the sources of what `PageAssets` holds, in the order in which a page needs them. */
export const ASSET_PATHS = {
  styles: ['node_modules/uplot/dist/uPlot.min.css', 'src/report/page/report.css'],
  scripts: [
    'node_modules/uplot/dist/uPlot.iife.min.js',
    'src/report/page/charts.js',
    'src/report/page/trades-table.js',
    'src/report/page/report.js',
  ],
  licences: ['node_modules/uplot/LICENSE'],
} as const

export type Section = {
  readonly id: string
  readonly title: string
  /** For the list of sections; without, the title. */
  readonly short?: string
  readonly body: Markup
}

export type Page = {
  readonly title: string
  readonly header: Markup
  readonly sections: readonly Section[]
  /** For the charts. */
  readonly data: object
  /** For whoever reads the page by a program. */
  readonly result: object
  readonly program: string
}

export function pageHtml(page: Page, { styles, scripts, licences }: PageAssets): string {
  const { title, header, sections, data, result, program } = page
  const policy = [
    "default-src 'none'",
    `style-src ${styles.map(sourceHash).join(' ')}`,
    `script-src ${scripts.map(sourceHash).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="${program}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styles.map((style) => inline('style', style))}
      </head>
      <body>
        <a class="skip" href="#${sections[0]!.id}">Skip to the report</a>
        <header>${header}</header>
        <nav aria-label="Sections">
          ${sections.map(({ id, title: name, short }) => html`<a href="#${id}">${short ?? name}</a> `)}<button
            type="button"
            id="theme"
            hidden
          >
            Dark
          </button>
        </nav>
        <noscript
          ><p class="note">
            The charts and the table of trades are drawn by the script of this page, which is
            switched off here. Everything else is complete.
          </p></noscript
        >
        <main>
          ${sections.map(
            ({ id, title: name, body }) =>
              html`<section id="${id}" aria-labelledby="${id}-title">
                <h2 id="${id}-title">${name}</h2>
                ${body}
              </section> `,
          )}
        </main>
        <footer>
          <p>
            Made by ${program}. Past results say little about future ones. The charts are drawn by
            uPlot.
          </p>
          <details>
            <summary>Licence of uPlot</summary>
            ${licences.map((text) => html`<pre>${text}</pre>`)}
          </details>
        </footer>
        <script type="application/json" id="ktrdr-data">
          ${scriptJson(data)}
        </script>
        <script type="application/json" id="ktrdr-result">
          ${scriptJson(result)}
        </script>
        ${scripts.map((script) => inline('script', script))}
      </body>
    </html> `.markup
}

/** Not a template: white space around the text would change its hash. */
function inline(name: 'style' | 'script', text: string): Markup {
  return { markup: `<${name}>${text}</${name}>\n` }
}

/** What allows an inline element in a policy: the hash of its very text. */
function sourceHash(text: string): string {
  return `'sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}'`
}

/** A place that a chart is drawn into; the label is what a screen reader says of it. */
export function chart(name: string, label: string): Markup {
  return html`<div
    class="chart"
    data-chart="${name}"
    tabindex="0"
    role="img"
    aria-label="${label}"
  ></div>`
}

export function factTable(
  rows: readonly (readonly [label: string, value: Markup | string])[],
): Markup {
  return html`<table class="facts">
    <tbody>
      ${rows.map(
        ([label, value]) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

export function note(text: string): Markup {
  return html`<p class="note">${text}</p>`
}
