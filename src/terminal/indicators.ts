// Indicators on the screen: all of them, one, and the last of their values.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'
import { labelled, table } from './table.ts'
import { hanging } from './wrap.ts'

type Listed = {
  readonly type: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly parameters: readonly {
    readonly name: string
    readonly default: unknown
    readonly takes: string
  }[]
  readonly outputs: readonly string[]
}

export function indicatorsScreen(indicators: readonly Listed[], room = Infinity): string {
  if (indicators.length === 0) return 'No indicator speaks of that. All: ktrdr indicators list'
  const columns = [
    { head: 'TYPE' },
    { head: 'ALSO', gone: 2 },
    { head: 'WHAT', gone: 1 },
    { head: 'PARAMETERS', wraps: true },
    { head: 'OUTPUTS', gone: 3 },
  ] as const
  const rows = indicators.map(({ type, aliases, title, parameters, outputs }) => [
    type,
    aliases.join(' '),
    title,
    parameters.map((one) => `${one.name} ${String(one.default)}`).join(', '),
    outputs.join(' '),
  ])
  const total = `Total: ${counted(indicators.length, 'indicator')}`
  return `${table(columns, rows, room)}\n\n${total}`
}

export function indicatorScreen(
  indicator: Listed & {
    readonly formula: string
    readonly repaints: boolean
    readonly warmup: readonly number[]
    readonly spec: string
    readonly yaml: string
  },
  room = Infinity,
): string {
  const { type, aliases, title, formula, parameters, outputs, warmup, spec, yaml } = indicator
  const outputText = (i: number): string => `${counted(warmup[i]!, 'bar')} of warm-up`
  const rows =
    outputs.length === 0
      ? [['one value', outputText(0)] as const]
      : outputs.map((name, i) => [i === 0 ? `${name} (primary)` : name, outputText(i)] as const)
  const names = [type, ...aliases].join(', ')
  return [
    `${title} (${names})`,
    hanging('  ', formula, room),
    ...(indicator.repaints
      ? ['! It repaints: its value at a bar depends on later bars, so it can be no input.']
      : []),
    '',
    parameters.length === 0 ? 'No parameters' : 'Parameters',
    ...(parameters.length === 0
      ? []
      : [
          table(
            [{ head: '  NAME' }, { head: 'DEFAULT' }, { head: 'TAKES', wraps: true }],
            parameters.map((one) => [`  ${one.name}`, String(one.default), one.takes]),
            room,
          ),
        ]),
    '',
    'Outputs at the defaults',
    labelled(rows, { indent: '  ', room }),
    '',
    ...(indicator.repaints ? [] : ['In a strategy', '  indicators:', `    ${yaml}`, '']),
    `Its values: ktrdr indicators compute ${spec} --data FILE`,
  ].join('\n')
}

const DIGITS = 7

export function computedScreen(
  report: {
    readonly data: string
    readonly rows: number
    readonly first: string
    readonly last: string
    readonly out: string | null
    readonly columns: readonly { readonly name: string; readonly empty: number }[]
    readonly tail: readonly {
      readonly timestamp: string
      readonly values: readonly (number | null)[]
    }[]
    readonly warnings: readonly string[]
  },
  room = Infinity,
): string {
  const { rows, first, last, out, columns, tail, warnings } = report
  const lines = warnings.map((warning) => hanging('! ', visible(warning), room))
  const range = `${counted(rows, 'row')}, ${first} … ${last}`
  if (out !== null)
    return [...lines, `Wrote ${visible(out)}: ${range}`, emptyText(columns)]
      .filter(Boolean)
      .join('\n')
  const values = columns.map(({ name }, i) => ({
    head: name,
    cells: tail.map((row) => valueText(row.values[i]!)),
  }))
  const tables = besideEachOther(values, room - widest(['timestamp', first, last])).map((block) =>
    table(
      [{ head: 'timestamp' }, ...block.map(({ head }) => ({ head, align: 'right' as const }))],
      tail.map(({ timestamp }, row) => [timestamp, ...block.map(({ cells }) => cells[row]!)]),
    ),
  )
  return [...lines, tables.join('\n\n'), '', `The last of ${range}`].join('\n')
}

type ValueColumn = { readonly head: string; readonly cells: readonly string[] }

/** Columns in blocks, each no wider than the room; at least one in a block. */
function besideEachOther(columns: readonly ValueColumn[], room: number): ValueColumn[][] {
  const blocks: ValueColumn[][] = []
  let left = 0
  for (const column of columns) {
    const width = widest([column.head, ...column.cells]) + 2
    if (blocks.length === 0 || width > left) {
      blocks.push([])
      left = room
    }
    blocks.at(-1)!.push(column)
    left -= width
  }
  return blocks
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length))

/** Rows that the warm-up leaves empty, where the history does not reach back far enough. */
function emptyText(columns: readonly { readonly name: string; readonly empty: number }[]): string {
  return columns
    .filter(({ empty }) => empty > 0)
    .map(({ name, empty }) => visible(`  ${name}: ${counted(empty, 'row')} without a value`))
    .join('\n')
}

function valueText(value: number | null): string {
  return value === null ? '--' : String(Number(value.toPrecision(DIGITS)))
}
