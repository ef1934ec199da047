// What the keys of a phase mean to each other, and what phases mean to each other: which key needs which, references,
// files that two phases would write.

import { resolve } from 'node:path'
import { error, oneOf, suggest } from '../strategy/problems.ts'
import type { Finding, Path } from '../strategy/problems.ts'
import { outputNames, readFiles, writtenFiles } from './pipeline.ts'
import { hasReference, referencesIn, textsIn } from './references.ts'
import type { PhaseSettings } from './schema.ts'

export type NamedSettings = { readonly name: string; readonly settings: PhaseSettings }

const at = (name: string, ...path: (string | number)[]): Path => ['phases', name, ...path]

/** Within one phase. */
export function checkPhase({ name, settings }: NamedSettings): Finding[] {
  if (settings.kind === 'backtest') return checkBacktest(name, settings)
  if (settings.kind !== 'command') return []
  const { run, shell } = settings
  if (run !== undefined && shell !== undefined)
    return [error(at(name, 'shell'), 'stands beside run', 'remove one of them', { atKey: true })]
  if (run === undefined && shell === undefined)
    return [error(at(name, 'run'), 'is missing', 'write for example run: [python3, score.py]')]
  return []
}

const FOR_SIGNALS = ['confidence_threshold', 'allow_short', 'signal_separation'] as const

function checkBacktest(
  name: string,
  settings: Extract<PhaseSettings, { kind: 'backtest' }>,
): Finding[] {
  const { model, strategy, signals } = settings
  if (model !== undefined && signals !== undefined)
    return [
      error(at(name, 'signals'), 'stands beside model', 'remove one of them', { atKey: true }),
    ]
  if ((model ?? strategy ?? signals) === undefined)
    return [
      error(
        at(name, 'model'),
        'is missing',
        'a backtest has a model, a strategy with rules, or signals',
      ),
    ]
  if (signals !== undefined) return []
  return FOR_SIGNALS.filter((key) => settings[key] !== undefined).map((key) =>
    error(at(name, key), 'is for a backtest of signals', 'remove it, or say signals', {
      atKey: true,
    }),
  )
}

/** What a phase needs, each with the place that says so. */
export type Need = { readonly phase: string; readonly path: Path }

export function needsOf({ name, settings }: NamedSettings): Need[] {
  const said = (settings.needs ?? []).map((phase, i) => ({ phase, path: at(name, 'needs', i) }))
  const meant = textsIn(settings).flatMap(({ path, text }) =>
    referencesIn(text).references.map(({ phase }) => ({ phase, path: at(name, ...path) })),
  )
  return [...said, ...meant]
}

/**
 * Between the phases.
 * @param names of all phases, of those too that do not fit their grammar
 */
export function checkReferences(
  phases: readonly NamedSettings[],
  names: readonly string[],
): Finding[] {
  const byName = new Map(phases.map(({ name, settings }) => [name, settings]))
  return phases.flatMap((phase) => [
    ...needsOf(phase).flatMap(({ phase: need, path }) => {
      if (need === phase.name) return [error(path, 'is the phase itself')]
      if (names.includes(need)) return []
      return [error(path, `there is no phase "${need}"`, suggest(need, names, 'phases'))]
    }),
    ...textsIn(phase.settings).flatMap(({ path, text }) => {
      const where = at(phase.name, ...path)
      const { references, broken } = referencesIn(text)
      return [
        ...broken.map((mark) =>
          error(
            where,
            `"${mark}" is no reference`,
            `write \${phase.output}, or $${mark} for the text itself`,
          ),
        ),
        ...references.flatMap(({ phase: need, output }) => {
          const settings = byName.get(need)
          const outputs = settings && outputNames(settings)
          if (outputs === undefined || outputs.includes(output)) return []
          const what = `the phase "${need}" has no "${output}"`
          return [error(where, what, suggest(output, outputs, 'what it has'))]
        }),
      ]
    }),
  ])
}

/** @param base the directory that paths start from */
export function checkWrittenFiles(phases: readonly NamedSettings[], base: string): Finding[] {
  const written = phases.flatMap(({ name, settings }) =>
    writtenFiles(settings)
      .filter(([, file]) => !hasReference(file))
      .map(([path, file]) => ({ name, where: at(name, ...path), path: resolve(base, file) })),
  )
  const read = phases.flatMap(({ name, settings }) =>
    readFiles(settings)
      .filter(({ kind, text }) => kind !== 'model' && !hasReference(text))
      .map(({ key, text }) => ({
        name,
        key,
        path: resolve(base, text.replace(/^[A-Za-z0-9_.-]{1,64}=/, '')),
      })),
  )
  return written.flatMap(({ name, where, path }, i) => {
    const other = written.findIndex((one) => one.path === path)
    if (other < i) {
      const remedy = 'each phase writes files of its own'
      return [error(where, `is written by the phase "${written[other]!.name}", too`, remedy)]
    }
    const reader = read.find((one) => one.path === path)
    if (reader?.name === name)
      return [error(where, `is what the phase reads, too (${reader.key})`, 'write another file')]
    return []
  })
}

/** Files that one phase writes and another one reads by their names: it would not wait for them. */
export function checkUnsaidNeeds(
  phases: readonly (NamedSettings & { readonly needs: readonly string[] })[],
  base: string,
): Finding[] {
  const needed = new Map<string, ReadonlySet<string>>()
  for (const { name, needs } of phases)
    needed.set(name, new Set(needs.flatMap((need) => [need, ...(needed.get(need) ?? [])])))
  const writers = phases.flatMap(({ name, settings }) =>
    writtenFiles(settings)
      .filter(([, file]) => !hasReference(file))
      .map(([path, file]) => ({ name, output: path.at(-1)!, path: resolve(base, file) })),
  )
  return phases.flatMap(({ name, settings }) =>
    readFiles(settings).flatMap(({ key, kind, text }) => {
      if (kind === 'model' || hasReference(text)) return []
      const path = resolve(base, text.replace(/^[A-Za-z0-9_.-]{1,64}=/, ''))
      const writer = writers.find((one) => one.path === path && one.name !== name)
      if (writer === undefined || needed.get(name)!.has(writer.name)) return []
      const remedy = `write ${oneOf([`\${${writer.name}.${writer.output}}`, `needs: [${writer.name}]`])}`
      return [error(at(name, key), `is written by the phase "${writer.name}"`, remedy)]
    }),
  )
}
