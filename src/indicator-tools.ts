// Indicators for people: what there is, what one takes and gives, and its values on bars of theirs.

import { KtrdrError } from './core/errors.ts'
import { parseDataArgument } from './data-argument.ts'
import { INDICATORS, refusal } from './indicators/catalog.ts'
import { computeIndicator, expectation, indicatorWarmup } from './indicators/compute.ts'
import { indicatorNamed, parseIndicatorSpec } from './indicators/indicator-spec.ts'
import type { Indicator, IndicatorUse, ParameterValue } from './indicators/indicator.ts'
import { SUMMARIES } from './indicators/summaries.ts'

export type IndicatorView = {
  readonly type: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly formula: string
  readonly parameters: readonly {
    readonly name: string
    readonly default: ParameterValue
    /** In words: "an integer from 2 to 100". */
    readonly takes: string
  }[]
  /** Empty when there is one output, without a name. */
  readonly outputs: readonly string[]
}

export type IndicatorDetails = IndicatorView & {
  /** Its value at a bar depends on later bars, so that it can be no input. */
  readonly repaints: boolean
  /** Leading bars without a value, of each output at the defaults. */
  readonly warmup: readonly number[]
  /** As `ktrdr indicators compute` takes it. */
  readonly spec: string
  /** What to write into a strategy. */
  readonly yaml: string
}

/** @param search words that must all stand somewhere in the indicator's names or description */
export function listIndicators(search = ''): IndicatorView[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return [...INDICATORS.values()]
    .map(viewOf)
    .filter((view) => {
      const text = Object.values(view).flat().map(textOf).join(' ').toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => a.type.localeCompare(b.type, 'en'))
}

function textOf(value: IndicatorView[keyof IndicatorView][number]): string {
  return typeof value === 'string' ? value : value.name
}

/** @throws INDICATOR_NOT_FOUND */
export function describeIndicator(name: string): IndicatorDetails {
  const indicator = indicatorNamed(name)
  const use = defaultUse(indicator)
  const [first] = Object.values(use.parameters)
  const hasFirst = typeof first === 'number'
  const short = indicator.aliases[0] ?? indicator.type
  const id = Number.isInteger(first) ? `${short}_${first}` : short // a dot would mean an output
  const parameters = Object.entries(use.parameters).map(([key, value]) => `${key}: ${value}`)
  return {
    ...viewOf(indicator),
    repaints: refusal(indicator.type) !== undefined,
    warmup: indicatorWarmup(use),
    spec: hasFirst ? `${short}:${first}` : short,
    yaml: `${id}: { ${[`type: ${short}`, ...parameters].join(', ')} }`,
  }
}

function defaultUse(indicator: Indicator): IndicatorUse {
  const parameters = Object.fromEntries(
    Object.entries(indicator.parameters).map(([name, spec]) => [name, spec.default]),
  )
  return { id: indicator.type, type: indicator.type, parameters }
}

function viewOf(indicator: Indicator): IndicatorView {
  const { type, aliases, outputs } = indicator
  const { title = '', formula = '' } = SUMMARIES[type] ?? {}
  const parameters = Object.entries(indicator.parameters).map(([name, spec]) => ({
    name,
    default: spec.default,
    takes: expectation(spec),
  }))
  return { type, aliases, title, formula, parameters, outputs }
}

export type ComputeOptions = {
  /** A file; a symbol before it changes nothing. */
  readonly data: string
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly out?: string | undefined
  readonly force?: boolean
}

export type ComputedIndicators = {
  readonly data: string
  readonly rows: number
  readonly first: string
  readonly last: string
  /** Where they are; null when they were only computed. */
  readonly out: string | null
  readonly columns: readonly { readonly name: string; readonly empty: number }[]
  /** The last rows, null where there is no value. */
  readonly tail: readonly {
    readonly timestamp: string
    readonly values: readonly (number | null)[]
  }[]
  readonly warnings: readonly string[]
}

const TAIL = 10

/**
 * Bars before the range warm the indicators up.
 * @throws INDICATOR_NOT_FOUND, USAGE, FILE_NOT_FOUND, DATA_INVALID, IO_FAILED
 */
export async function computeIndicators(
  specs: readonly string[],
  { data, start, end, out, force = false }: ComputeOptions,
): Promise<ComputedIndicators> {
  const [
    { firstBarAtOrAfter },
    { parseDateRange },
    { cutToRange, readChecked },
    { formatTimestamp },
    { tableFormat, writeTable },
  ] = await Promise.all([
    import('./data/bars.ts'),
    import('./data/date-range.ts'),
    import('./data/checked-file.ts'),
    import('./data/timestamp.ts'),
    import('./data/write-table.ts'),
  ])
  const uses = specs.map(parseIndicatorSpec)
  refuseTwins(uses)
  const range = parseDateRange({ start, end })
  if (out !== undefined) tableFormat(out, { force })
  const { lastMs } = range // what is before it warms indicators up
  const file = await readChecked(parseDataArgument(data).path, { lastMs })
  const { bars, warnings } = cutToRange(file, range, range.firstMs ?? -Infinity)
  const from = firstBarAtOrAfter(file.bars, bars.timestampMs[0]!)
  const columns = uses.flatMap((use) => {
    const { outputs } = INDICATORS.get(use.type)!
    return computeIndicator(file.bars, use).map((values, i) => ({
      name: outputs.length === 0 ? use.id : `${use.id}.${outputs[i]!}`,
      values: values.subarray(from, from + bars.length),
    }))
  })
  if (out !== undefined)
    await writeTable(out, [{ name: 'timestamp', timestampMs: bars.timestampMs }, ...columns], {
      force,
    })
  const timeOf = (t: number): string => formatTimestamp(bars.timestampMs[t]!)
  const tail = Array.from({ length: Math.min(TAIL, bars.length) }, (_, i) => {
    const t = bars.length - Math.min(TAIL, bars.length) + i
    return { timestamp: timeOf(t), values: columns.map(({ values }) => finite(values[t]!)) }
  })
  return {
    data,
    rows: bars.length,
    first: timeOf(0),
    last: timeOf(bars.length - 1),
    out: out ?? null,
    columns: columns.map(({ name, values }) => ({
      name,
      empty: values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
    })),
    tail,
    warnings: [...warnings, ...uses.flatMap(warningOf)],
  }
}

function warningOf({ id, type }: IndicatorUse): string[] {
  const why = refusal(type)
  return why === undefined ? [] : [`${id} can be no input of a strategy: ${why}.`]
}

function refuseTwins(uses: readonly IndicatorUse[]): void {
  const twin = uses.find(({ id }, i) => uses.findIndex((other) => other.id === id) !== i)
  if (twin)
    throw new KtrdrError('USAGE', `${twin.id} is asked for twice.`, {
      suggestions: ['ktrdr indicators compute --help'],
    })
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
