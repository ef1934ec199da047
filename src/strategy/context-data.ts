// Reads and checks `context_data`: which series its entries declare, and who looks at them. The ids
// are upstream's.

import { invariant } from '../core/errors.ts'
import { parseDuration } from '../core/units.ts'
import { error, missing, show, suggest, warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import { reach } from './references.ts'
import type { PartialFile, RuleFile, StrategyFile } from './schema.ts'
import type { ContextSeries } from './strategy.ts'
import { symbolsOf } from './training-data.ts'

type EntryInFile = NonNullable<NonNullable<PartialFile['context_data']>[number]>

/** The key that names the series of a provider; those of others are called as their provider. */
const NAMED_BY = {
  fred: { key: 'series', example: 'series: [DGS10, DGS2]' },
  ib: { key: 'symbol', example: 'symbol: GBPUSD' },
  cftc_cot: { key: 'report', example: 'report: EUR' },
} as const
const NAMING_KEYS = ['series', 'symbol', 'report'] as const

function namingOf(provider: string | undefined) {
  return provider !== undefined && Object.hasOwn(NAMED_BY, provider)
    ? NAMED_BY[provider as keyof typeof NAMED_BY]
    : undefined
}

/** Series of one entry; undefined where what names them is broken or not there. */
function seriesOf(entry: EntryInFile | undefined): ContextSeries[] | undefined {
  const { provider, publication_lag: lag } = entry ?? {}
  if (entry === undefined || provider === undefined) return undefined
  const publicationLagMs = lag === undefined ? null : parseDuration(lag)
  const given = (id: string): ContextSeries => ({ id, difference: null, publicationLagMs })
  if (provider === 'fred') {
    const names = typeof entry.series === 'string' ? [entry.series] : entry.series
    if (names === undefined || !names.every((name) => name !== undefined)) return undefined
    const [first, second] = names
    const difference = [`fred_${first}`, `fred_${second}`] as const
    const spread = { id: `yield_spread_${first}_${second}`, difference, publicationLagMs }
    const ids = names.map((name) => given(`fred_${name}`))
    return second === undefined ? ids : [...ids, spread]
  }
  if (provider === 'cftc_cot') {
    const { report } = entry
    if (report === undefined) return undefined
    return [given(`cot_${report}_net_pos`), given(`cot_${report}_net_pct`)]
  }
  if (entry.symbol !== undefined) return [given(entry.symbol)]
  return provider === 'ib' || Object.hasOwn(entry, 'symbol') ? undefined : [given(provider)]
}

export function checkContext(file: PartialFile): Finding[] {
  const entries = file.context_data ?? []
  return [
    ...entries.flatMap((entry, i) =>
      entry === undefined ? [] : checkEntry(['context_data', i], entry),
    ),
    ...checkIds(file),
    ...checkSources(file),
    ...checkUse(file),
  ]
}

function checkEntry(path: Path, entry: EntryInFile): Finding[] {
  const { provider, alignment } = entry
  const naming = namingOf(provider)
  const findings: Finding[] = []
  if (naming !== undefined && !Object.hasOwn(entry, naming.key))
    findings.push(missing([...path, naming.key], `provider: ${provider}`, naming.example))
  for (const key of NAMING_KEYS) {
    const counts = naming === undefined ? key === 'symbol' : key === naming.key
    if (provider === undefined || counts || !Object.hasOwn(entry, key)) continue
    const owner = Object.entries(NAMED_BY).find(([, by]) => by.key === key)![0]
    const because = `ignored: it belongs to provider: ${owner}`
    findings.push(warning([...path, key], because, undefined, { atKey: true }))
  }
  if (alignment !== undefined && alignment !== 'forward_fill')
    findings.push(warning([...path, 'alignment'], `is ${show(alignment)}, read as forward_fill`))
  return findings
}

/** `--data ID=FILE` must mean one thing. */
function checkIds(file: PartialFile): Finding[] {
  const symbols = symbolsOf(file) ?? []
  const seen = new Set<string>()
  return (file.context_data ?? []).flatMap((entry, i) =>
    (seriesOf(entry) ?? []).flatMap(({ id }) => {
      const path = ['context_data', i]
      if (symbols.includes(id)) {
        const remedy = 'indicators see its bars without a data_source'
        return [error(path, `gives the series ${id}, which is a symbol of training_data`, remedy)]
      }
      if (seen.has(id)) return [error(path, `gives the series ${id} a second time`)]
      seen.add(id)
      return []
    }),
  )
}

/** All series; undefined when the ids of some are not known. */
function declaredSeries(file: PartialFile): ContextSeries[] | undefined {
  if (!Object.hasOwn(file, 'context_data')) return []
  const all = file.context_data?.map(seriesOf)
  return all?.every((series) => series !== undefined) ? all.flat() : undefined
}

function checkSources(file: PartialFile): Finding[] {
  const ids = declaredSeries(file)?.map(({ id }) => id)
  if (ids === undefined) return []
  return Object.entries(file.indicators ?? {}).flatMap(([id, indicator]) => {
    if (indicator?.data_source === undefined) return []
    const source = indicator.data_source
    if (ids.includes(source)) return checkColumn(['indicators', id, 'source'], indicator['source'])
    const path = ['indicators', id, 'data_source']
    if (ids.length === 0)
      return [error(path, `'${source}' does not match any context_data: there is none`)]
    const remedy = suggest(source, ids, 'available source ids')
    return [error(path, `'${source}' does not match any context_data`, remedy)]
  })
}

/** A series has one value where bars have four prices and a volume. */
function checkColumn(path: Path, source: unknown): Finding[] {
  if (source === 'volume')
    return [error(path, 'is volume, and a series of context_data has none', 'remove it')]
  const isPrice = source === 'open' || source === 'high' || source === 'low'
  const because = 'ignored: a series of context_data has one value, not four prices'
  return isPrice ? [warning(path, because, undefined, { atKey: true })] : []
}

function checkUse(file: PartialFile): Finding[] {
  const needed = neededIds(file)
  if (needed === undefined) return []
  const by = Object.hasOwn(file, 'rules') ? 'a rule' : 'an input'
  const unused = (path: Path) => warning(path, `is not used by any indicator that ${by} needs`)
  return (file.context_data ?? []).flatMap((entry, i) => {
    const path = ['context_data', i]
    const series = seriesOf(entry)
    if (series === undefined) return []
    if (!series.some(({ id }) => needed.has(id))) return [unused(path)]
    if (entry?.provider !== 'fred' || !Array.isArray(entry.series)) return []
    return entry.series.flatMap((name, at) =>
      needed.has(`fred_${name}`) ? [] : [unused([...path, 'series', at])],
    )
  })
}

/** Ids that some indicator in use looks at, and the parts of differences among them. */
function neededIds(file: PartialFile): ReadonlySet<string> | undefined {
  const reached = reach(file)
  if (reached === undefined) return undefined
  const used = Object.entries(file.indicators ?? {}).filter(([id]) => reached.indicators.has(id))
  const needed = new Set(used.flatMap(([, indicator]) => indicator?.data_source ?? []))
  for (const { id, difference } of (file.context_data ?? []).flatMap(
    (entry) => seriesOf(entry) ?? [],
  ))
    if (difference !== null && needed.has(id)) for (const part of difference) needed.add(part)
  return needed
}

/** The series that are needed, in the order of the file. */
export function resolveContext(file: StrategyFile | RuleFile): ContextSeries[] {
  const needed = neededIds(file)
  const declared = declaredSeries(file)
  invariant(needed !== undefined && declared !== undefined, 'inputs and series were checked')
  return declared.filter(({ id }) => needed.has(id))
}
