// Writes the table of docs/user-guides/settings.md from the settings themselves:
// node scripts/node.mjs scripts/settings-reference.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { defaultText } from '../src/help-topics.ts'
import { settingEntries, variableOf } from '../src/setting-table.ts'
import { UPSTREAM_VARIABLES } from '../src/upstream-variables.ts'

const PAGE = new URL('../docs/user-guides/settings.md', import.meta.url)

/** The page with its tables written anew, between the marks that name them. */
export function settingsReference(page: string): string {
  const all = settingEntries().map(([key, { meaning }]) =>
    [code(key), code(variableOf(key)), defaultText(key), meaning].map(cell),
  )
  const aliases = settingEntries().flatMap(([key, { aliases: names = [] }]) =>
    names.map((name) => [code(name), code(key)]),
  )
  const rest = Object.entries(UPSTREAM_VARIABLES).map(([name, instead]) => [code(name), instead])
  const tables = {
    settings: table(['setting', 'environment', 'default', 'meaning'], all),
    aliases: table(['variable', 'means'], aliases),
    upstream: table(
      ['variable', 'instead'],
      rest.map((row) => row.map(cell)),
    ),
  }
  return Object.entries(tables).reduce(
    (text, [name, rows]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n<!-- end -->)`),
        (_, start, end) => `${start}\n${rows}\n${end}`,
      ),
    page,
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/<(\w+)>/g, '`<$1>`')
}

function code(text: string): string {
  return `\`${text}\``
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(PAGE, settingsReference(readFileSync(PAGE, 'utf8')))
