// Reads and checks `nn_inputs`: what each item names, on which timeframes, and that no feature
// comes twice.

import type { Timeframe } from '../data/bars.ts'
import { checkReference } from './fuzzy-sets.ts'
import { membershipNames } from './membership-names.ts'
import { error, suggest, warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import type { PartialFile } from './schema.ts'
import { baseTimeframeOf, timeframesOf } from './training-data.ts'

type InputInFile = NonNullable<NonNullable<PartialFile['nn_inputs']>[number]>

export function checkInputs(file: PartialFile): Finding[] {
  const available = timeframesOf(file)
  const seen = new Set<string>()
  const findings: Finding[] = []
  for (const [i, input] of (file.nn_inputs ?? []).entries()) {
    if (input === undefined) continue
    const path = ['nn_inputs', i]
    findings.push(...checkSource(path, input, file))
    findings.push(...checkTimeframes(path, input, available))
    findings.push(...checkRepeats(path, input, file, available, seen))
  }
  return [...findings, ...checkUnusedTimeframes(file, available)]
}

/** Labels and trades need the base timeframe; any other is there for inputs only. */
function checkUnusedTimeframes(
  file: PartialFile,
  available: readonly Timeframe[] | undefined,
): Finding[] {
  const base = baseTimeframeOf(file)
  const used = (file.nn_inputs ?? [undefined]).map((input) => input?.timeframes)
  if (available === undefined || base === undefined) return []
  if (used.some((timeframes) => timeframes === undefined || timeframes === 'all')) return []
  const key = file.training_data?.timeframes?.list === undefined ? 'timeframes' : 'list'
  return available.flatMap((timeframe, i) =>
    timeframe === base || used.some((timeframes) => timeframes!.includes(timeframe))
      ? []
      : [warning(['training_data', 'timeframes', key, i], `${timeframe} is not used by any input`)],
  )
}

function checkSource(path: Path, input: InputInFile, file: PartialFile): Finding[] {
  const { fuzzy_set: fuzzySet, raw_indicator: raw } = input
  const hasFuzzy = Object.hasOwn(input, 'fuzzy_set')
  const hasRaw = Object.hasOwn(input, 'raw_indicator')
  if (hasFuzzy && hasRaw)
    return [error(path, 'specify either fuzzy_set or raw_indicator, not both')]
  if (!hasFuzzy && !hasRaw) return [error(path, 'must specify either fuzzy_set or raw_indicator')]
  if (hasRaw) return checkReference([...path, 'raw_indicator'], raw, file)
  const findings: Finding[] = []
  if (fuzzySet !== undefined && file.fuzzy_sets && !Object.hasOwn(file.fuzzy_sets, fuzzySet)) {
    const remedy = suggest(fuzzySet, Object.keys(file.fuzzy_sets), 'available fuzzy_sets')
    findings.push(error([...path, 'fuzzy_set'], `'${fuzzySet}' not found in fuzzy_sets`, remedy))
  }
  if (Object.hasOwn(input, 'normalization')) {
    const message = 'is only valid with raw_indicator, not fuzzy_set'
    findings.push(error([...path, 'normalization'], message, 'remove it', { atKey: true }))
  }
  return findings
}

function checkTimeframes(
  path: Path,
  { timeframes }: InputInFile,
  available: readonly Timeframe[] | undefined,
): Finding[] {
  if (!Array.isArray(timeframes) || available === undefined) return []
  return timeframes.flatMap((timeframe: Timeframe | undefined, i) =>
    timeframe === undefined || available.includes(timeframe)
      ? []
      : [
          error(
            [...path, 'timeframes', i],
            `invalid timeframe '${timeframe}'`,
            `available timeframes: ${available.join(', ')}`,
          ),
        ],
  )
}

/** Features of the model are known by their names, so two of one name cannot be. */
function checkRepeats(
  path: Path,
  input: InputInFile,
  file: PartialFile,
  available: readonly Timeframe[] | undefined,
  seen: Set<string>,
): Finding[] {
  const timeframes = input.timeframes === 'all' ? available : input.timeframes
  const set = file.fuzzy_sets?.[input.fuzzy_set ?? '']
  const names = [
    ...(set === undefined ? [] : membershipNames(set).map((name) => `${input.fuzzy_set}_${name}`)),
    ...(input.raw_indicator === undefined ? [] : [`${input.raw_indicator}_raw`]),
  ]
  const features = (timeframes ?? []).flatMap((timeframe) =>
    timeframe === undefined ? [] : names.map((name) => `${timeframe}_${name}`),
  )
  let repeated: string | undefined
  for (const feature of features) {
    if (seen.has(feature)) repeated ??= feature
    seen.add(feature)
  }
  return repeated === undefined ? [] : [error(path, `gives the feature ${repeated} a second time`)]
}
