// What `checkpoints diff` has found.

import { cursorText, type Cursor } from '../core/operation.ts'
import { counted, grouped } from '../core/text.ts'
import { figure, visible } from './format.ts'
import { table, type Column } from './table.ts'

type Field = { readonly path: string; readonly a: unknown; readonly b: unknown }

type Difference = {
  readonly a: Cursor & { readonly operationId: string; readonly seq: number }
  readonly b: Cursor & { readonly operationId: string; readonly seq: number }
  readonly cursor: readonly Field[]
  readonly summary: readonly Field[]
  readonly state: readonly Field[]
  readonly arrays: readonly {
    readonly name: string
    readonly verdict: string
    readonly maxDelta: number | null
    readonly relativeNorm: number | null
  }[]
  readonly rows: readonly {
    readonly name: string
    readonly rowsA: number
    readonly rowsB: number
    readonly same: number
  }[]
}

/** A state of many fields is shown from its beginning; --json has all. */
const SHOWN_FIELDS = 40

export function differenceScreen(difference: Difference, room = Infinity): string {
  const { a, b, cursor, summary, state, arrays, rows } = difference
  const head = [`a  ${nameOf(a)}`, `b  ${nameOf(b)}`].join('\n')
  const differing = arrays.filter(({ verdict }) => verdict !== 'identical')
  const grown = rows.filter(({ rowsA, rowsB, same }) => rowsA !== rowsB || same < rowsA)
  if ([cursor, summary, state, differing, grown].every(({ length }) => length === 0))
    return `${head}\n\nThey are the same, byte for byte.`
  const identical = arrays.length - differing.length
  return [
    head,
    fieldTable('Figures', summary, room),
    fieldTable('State', state, room),
    arrays.length === 0
      ? ''
      : `Tensors: ${grouped(identical)} of ${grouped(arrays.length)} identical`,
    differing.length === 0
      ? ''
      : table(
          ARRAY_COLUMNS,
          differing.map(({ name, verdict, maxDelta, relativeNorm }) => [
            name,
            WORDS[verdict] ?? verdict,
            figure(maxDelta),
            figure(relativeNorm),
          ]),
          room,
        ),
    grown.length === 0 ? '' : `Rows:\n${grown.map(rowsText).join('\n')}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

const ARRAY_COLUMNS: readonly Column[] = [
  { head: 'TENSOR' },
  { head: '' },
  { head: 'MAX |Δ|', align: 'right' },
  { head: '‖Δ‖/‖a‖', align: 'right', gone: 1 },
]

const WORDS: Readonly<Record<string, string>> = {
  reshaped: 'other shape',
  'only-a': 'only in a',
  'only-b': 'only in b',
}

function nameOf(checkpoint: Difference['a']): string {
  return `${checkpoint.operationId}@${checkpoint.seq}  ${cursorText(checkpoint)}`
}

function fieldTable(title: string, fields: readonly Field[], room: number): string {
  if (fields.length === 0) return ''
  const columns = [{ head: 'FIELD' }, { head: 'A', align: 'right' }, { head: 'B', align: 'right' }]
  const rows = fields
    .slice(0, SHOWN_FIELDS)
    .map(({ path, a, b }) => [path, valueText(a), valueText(b)])
  const more = fields.length - rows.length
  const rest = more > 0 ? `\n… and ${counted(more, 'field')} more (--json has all)` : ''
  return `${title}:\n${table(columns as readonly Column[], rows, room)}${rest}`
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '--'
  if (typeof value === 'number') return figure(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return visible(text.length > 24 ? `${text.slice(0, 23)}…` : text)
}

function rowsText({ name, rowsA, rowsB, same }: Difference['rows'][number]): string {
  const appended = Math.abs(rowsB - rowsA)
  if (same === Math.min(rowsA, rowsB))
    return `  ${name}: ${counted(appended, 'row')} more in ${rowsB > rowsA ? 'b' : 'a'} (${grouped(rowsA)} → ${grouped(rowsB)})`
  return `  ${name}: differ from row ${grouped(same + 1)} on (${grouped(rowsA)} → ${grouped(rowsB)})`
}
