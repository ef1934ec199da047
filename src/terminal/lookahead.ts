// What looks ahead, and how much history each feature needs, as a screen.

import { counted, grouped } from '../core/text.ts'
import { figure, utc, visible } from './format.ts'
import { table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

type Change = { readonly bars: number; readonly ratio: number | null }

type SymbolLookahead = {
  readonly symbol: string
  readonly bars: number
  readonly samples: readonly string[]
  readonly checked: Readonly<Record<'feature' | 'label' | 'signal', number>>
  readonly lookahead: readonly {
    readonly kind: string
    readonly name: string
    readonly bar: string
    readonly value: number | null
    readonly changed: number | null
    readonly lastKnownBar: string
    readonly future: 'missing' | 'other'
    readonly samples: number
  }[]
  readonly history: readonly {
    readonly name: string
    readonly changes: readonly Change[]
    readonly practically: number | null
    readonly exactly: number | null
  }[]
}

type LookaheadReport = {
  readonly strategy: string
  readonly timeframe: string
  readonly model: string | null
  readonly symbols: readonly SymbolLookahead[]
  readonly history: { readonly required: number | null; readonly recommended: number | null }
  readonly warnings: readonly string[]
}

export function lookaheadScreen(report: LookaheadReport, room = Infinity): string {
  return [
    report.warnings.map((warning) => hanging('! ', visible(warning), room)).join('\n'),
    ...report.symbols.flatMap((symbol) => symbolText(report, symbol, room)),
    hanging('', advice(report), room),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function symbolText(report: LookaheadReport, symbol: SymbolLookahead, room: number): string[] {
  const { strategy, timeframe, model } = report
  const { checked, samples, lookahead } = symbol
  const what = [
    counted(checked.feature, 'feature'),
    checked.label > 0
      ? `${counted(checked.label, 'column')} of labels`
      : counted(checked.signal, 'rule'),
    ...(model === null ? [] : [`what ${visible(model)} says`]),
  ]
  const heading = `${strategy}  ${symbol.symbol} ${timeframe}   ${counted(symbol.bars, 'bar')}   the future hidden after ${grouped(samples.length)} of them`
  const looked = `Looked at: ${what.join(', ')}.`
  const found =
    lookahead.length === 0
      ? 'Nothing looks ahead.'
      : table(FINDING_COLUMNS, lookahead.map(findingRow(samples.length)), room)
  return [
    [hanging('', heading, room), hanging('', looked, room)].join('\n'),
    found,
    historyText(symbol, room),
  ]
}

const FINDING_COLUMNS: readonly Column[] = [
  { head: 'LOOKS AHEAD' },
  { head: 'BAR' },
  { head: 'VALUE', align: 'right' },
  { head: 'BECOMES', align: 'right' },
  { head: 'WHEN THE BARS ARE' },
  { head: 'SAMPLES', align: 'right', gone: 1 },
]

function findingRow(samples: number) {
  return (finding: SymbolLookahead['lookahead'][number]): string[] => [
    finding.kind === 'feature' ? finding.name : `${finding.kind} ${finding.name}`,
    utc(finding.bar),
    valueText(finding.value),
    valueText(finding.changed),
    `${finding.future} after ${utc(finding.lastKnownBar)}`,
    `${finding.samples} of ${samples}`,
  ]
}

function valueText(value: number | null): string {
  return value === null ? 'none' : figure(value)
}

/** As many steps of history as a screen can take: those in which something still changes, and the next. */
function historyText({ history }: SymbolLookahead, room: number): string {
  const steps = history[0]?.changes ?? []
  if (steps.length === 0) return ''
  const settled = steps.findLastIndex((_, i) =>
    history.some(({ changes }) => changeText(changes[i]!) !== NO_CHANGE),
  )
  const shown = steps.slice(0, settled + 2)
  const columns: Column[] = [
    { head: 'CHANGE WITH … BARS' },
    ...shown.map(({ bars }, i) => ({ head: grouped(bars), align: 'right' as const, gone: i })),
    { head: '<0.1%', align: 'right' },
    { head: '<1e-9', align: 'right' },
  ]
  const rows = history.map(({ name, changes, practically, exactly }) => [
    name,
    ...shown.map((_, i) => changeText(changes[i]!)),
    neededText(practically),
    neededText(exactly),
  ])
  return table(columns, rows, room)
}

const NO_CHANGE = '0'

function changeText({ ratio }: Change): string {
  if (ratio === null) return '--'
  if (ratio < 1e-9) return NO_CHANGE
  return ratio >= 1e-3 ? `${figure(Number((ratio * 100).toPrecision(2)))}%` : ratio.toExponential(0)
}

function neededText(bars: number | null): string {
  return bars === null ? 'more' : grouped(bars)
}

function advice({ symbols, history: { required, recommended } }: LookaheadReport): string {
  const tried = symbols.flatMap(({ history }) => history.flatMap(({ changes }) => changes))
  const now = required === null ? 'it is not set' : `it is ${grouped(required)}`
  if (tried.length === 0)
    return 'There are too few bars to tell how much history the features need.'
  if (recommended === 0)
    return `No history_required is needed (${now}): no feature changes once it has a value.`
  if (recommended !== null)
    return `history_required: ${recommended} settles every feature to 0.1% (${now}).`
  const names = new Set(
    symbols.flatMap(({ history }) =>
      history.flatMap(({ name, practically }) => (practically === null ? [name] : [])),
    ),
  )
  const most = Math.max(...tried.map(({ bars }) => bars))
  return `More than ${counted(most, 'bar')} of history are needed by ${[...names].join(', ')} (history_required: ${now}). What never settles depends on where the data begin: begin a backtest where the training began, or use its change instead of its level.`
}
