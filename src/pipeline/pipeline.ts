// A pipeline as it was read: phases in the order in which they run.

import type { BacktestSettings, CommandSettings, PhaseKind, PhaseSettings } from './schema.ts'

export type Phase<Settings extends PhaseSettings = PhaseSettings> = {
  readonly name: string
  readonly kind: PhaseKind
  /** Phases that it needs, those that it refers to included; each once, in the order of running. */
  readonly needs: readonly string[]
  /** As the file says them: references are not filled in yet. */
  readonly settings: Settings
  /** null = what was done or begun stays good for ever. */
  readonly ttlMs: number | null
  readonly maxCheckpoints: number
  /** 0 = only when the run is stopped or told to. */
  readonly saveIntervalMs: number
}

export type Pipeline = {
  readonly name: string
  /** Absolute path: it is what the pipeline is known by. */
  readonly file: string
  /** In the order of running. */
  readonly phases: readonly Phase[]
}

/** What other phases may refer to. */
export function outputNames(settings: PhaseSettings): readonly string[] {
  switch (settings.kind) {
    case 'prepare':
    case 'report':
      return ['out']
    case 'train':
      return ['model', 'path', 'operation']
    case 'backtest':
      return ['path', 'operation', ...((settings as BacktestSettings).export ? ['export'] : [])]
    case 'task':
      return ['results', 'path', 'operation']
    case 'command':
      return Object.keys((settings as CommandSettings).outputs ?? {})
  }
}

/** Files and directories that a phase writes where it is told to, by their keys. */
export function writtenFiles(settings: PhaseSettings): readonly (readonly [string[], string])[] {
  switch (settings.kind) {
    case 'prepare':
    case 'report':
      return [[['out'], settings.out]]
    case 'backtest':
      return settings.export === undefined ? [] : [[['export'], settings.export]]
    case 'command':
      return Object.entries(settings.outputs ?? {}).map(([name, file]) => [['outputs', name], file])
    default:
      return []
  }
}

/** How the files that a phase reads are meant. */
export type ReadKind = 'file' | 'strategy' | 'model' | 'data'

/** What a phase reads, by key; references stand where they are. */
export function readFiles(
  settings: PhaseSettings,
): readonly { readonly key: string; readonly kind: ReadKind; readonly text: string }[] {
  const all = (key: string, kind: ReadKind, texts: string | readonly string[] | undefined) =>
    (typeof texts === 'string' ? [texts] : (texts ?? [])).map((text) => ({ key, kind, text }))
  switch (settings.kind) {
    case 'prepare':
      if (settings.action === 'synth') return []
      if (settings.action === 'features')
        return [
          ...all('strategy', 'strategy', settings.strategy),
          ...all('data', 'data', settings.data),
        ]
      return all('in', 'file', settings.in)
    case 'train':
      return [
        ...all('strategy', 'strategy', settings.strategy),
        ...all('data', 'data', settings.data),
        ...all('from', 'model', settings.from),
      ]
    case 'backtest':
      return [
        ...all('model', 'model', settings.model),
        ...all('strategy', 'strategy', settings.strategy),
        ...all('signals', 'file', settings.signals),
        ...all('data', 'data', settings.data),
        ...all('funding', 'data', settings.funding),
      ]
    case 'report':
      return []
    case 'task':
      return [...all('module', 'file', settings.module), ...all('input', 'file', settings.input)]
    case 'command':
      return all('inputs', 'file', settings.inputs)
  }
}

/** Those that need a phase, directly or not, and the phase itself; in the order of running. */
export function withDependents(phases: readonly Phase[], name: string): readonly string[] {
  const reached = new Set([name])
  for (const phase of phases)
    if (phase.needs.some((need) => reached.has(need))) reached.add(phase.name)
  return phases.filter((phase) => reached.has(phase.name)).map((phase) => phase.name)
}
