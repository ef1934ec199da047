// How a run is saved and kept. Stored with the operation: a resume goes on as the start was told to.

import type { SaveRules } from '../checkpoint/plan-save.ts'
import type { RetentionRule } from '../checkpoint/retention.ts'
import { BEST, type SavePolicy } from '../checkpoint/save-policy.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import { plural } from '../core/text.ts'
import { parseDuration } from '../core/units.ts'

export type RunSettings = {
  readonly policy: SavePolicy
  readonly retention: RetentionRule
  readonly rules: SaveRules
  readonly keepCheckpoints: boolean
}

/** Of an operation, as its row holds them; ktrdr 0.1.0 wrote the limit alone. */
export function recordedRunSettings(policy: Json): RunSettings {
  const recorded = policy as RunSettings & { readonly inlineLimitBytes?: number }
  if (recorded.rules) return recorded
  const { inlineLimitBytes = DEFAULT_RULES.inlineLimitBytes, ...others } = recorded
  return { ...others, rules: { ...DEFAULT_RULES, inlineLimitBytes } }
}

export const DEFAULT_RULES: SaveRules = { codec: 'auto', maxDepth: 8, inlineLimitBytes: 1024 ** 2 }

/** As typed on the command line; what is absent stays as the settings say. */
export type SaveOptions = {
  /** "10epochs", "37batches", "5000bars": the only unit trigger then. */
  readonly every?: string | undefined
  readonly interval?: string | undefined
  readonly minInterval?: string | undefined
  readonly noCheckpoints?: boolean | undefined
  readonly keepCheckpoints?: boolean | undefined
}

/**
 * The settings with what was typed, of a run that is counted in `units`: triggers in others go.
 * @param units e.g. ['epoch', 'batch']
 * @throws USAGE
 */
export function withSaveOptions(
  settings: RunSettings,
  options: SaveOptions,
  units: readonly string[],
): RunSettings {
  const { policy } = settings
  const own = Object.entries(policy.every).filter(([unit]) => units.includes(unit))
  const onBest = Object.entries(policy.every).filter(([unit]) => unit === BEST)
  return {
    ...settings,
    keepCheckpoints: options.keepCheckpoints ?? settings.keepCheckpoints,
    policy: options.noCheckpoints
      ? { every: {}, intervalMs: null, minIntervalMs: 0, onStop: false, adaptive: null }
      : {
          every: Object.fromEntries([
            ...(options.every === undefined ? own : parseEvery(options.every, units)),
            ...onBest,
          ]),
          // A time of 0 is none.
          intervalMs:
            options.interval === undefined
              ? policy.intervalMs
              : parseDuration(options.interval) || null,
          minIntervalMs:
            options.minInterval === undefined
              ? policy.minIntervalMs
              : parseDuration(options.minInterval),
          onStop: true,
          // What was typed is obeyed to the letter.
          adaptive:
            options.every === undefined && options.interval === undefined
              ? (policy.adaptive ?? null)
              : null,
        },
  }
}

function parseEvery(text: string, units: readonly string[]): [unit: string, every: number][] {
  const [, count, word] = /^([1-9]\d*)\s*([a-z]+)$/.exec(text) ?? []
  const unit = units.find((candidate) => word === candidate || word === plural(candidate))
  if (unit === undefined)
    throw new KtrdrError(
      'USAGE',
      `--checkpoint-every is "${text}"; expected a number of ${units.map(plural).join(' or ')}.`,
      { suggestions: units.map((candidate) => `--checkpoint-every 100${plural(candidate)}`) },
    )
  return [[unit, Number(count)]]
}
