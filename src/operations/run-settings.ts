// How a run is saved and kept. Stored with the operation: a resume goes on as the start was told to.

import type { RetentionRule } from '../checkpoint/retention.ts'
import type { SavePolicy } from '../checkpoint/save-policy.ts'
import { KtrdrError } from '../core/errors.ts'
import { parseDuration } from '../core/units.ts'

export type RunSettings = {
  readonly policy: SavePolicy
  readonly retention: RetentionRule
  readonly inlineLimitBytes: number
  readonly keepCheckpoints: boolean
}

/** As typed on the command line; what is absent stays as the settings say. */
export type SaveOptions = {
  /** "10epochs", "37batches", "5000bars": the only unit trigger then. */
  readonly every?: string | undefined
  readonly interval?: string | undefined
  readonly minInterval?: string | undefined
  readonly noCheckpoints?: boolean | undefined
  readonly keepCheckpoints?: boolean | undefined
}

const UNITS: Readonly<Record<string, string>> = {
  epoch: 'epoch',
  epochs: 'epoch',
  batch: 'batch',
  batches: 'batch',
  bar: 'bar',
  bars: 'bar',
}

/** @throws USAGE */
export function withSaveOptions(settings: RunSettings, options: SaveOptions): RunSettings {
  const { policy } = settings
  return {
    ...settings,
    keepCheckpoints: options.keepCheckpoints ?? settings.keepCheckpoints,
    policy: options.noCheckpoints
      ? { every: {}, intervalMs: null, minIntervalMs: 0, onStop: false }
      : {
          every: options.every === undefined ? policy.every : parseEvery(options.every),
          intervalMs:
            options.interval === undefined ? policy.intervalMs : intervalOf(options.interval),
          minIntervalMs:
            options.minInterval === undefined
              ? policy.minIntervalMs
              : (intervalOf(options.minInterval) ?? 0),
          onStop: true,
        },
  }
}

/** "0" switches a trigger off. */
function intervalOf(text: string): number | null {
  return /^0+[a-z]*$/.test(text) ? null : parseDuration(text)
}

function parseEvery(text: string): Record<string, number> {
  const [, count, word = ''] = /^([1-9]\d*)\s*([a-z]+)$/.exec(text) ?? []
  const unit = UNITS[word]
  if (count === undefined || unit === undefined)
    throw new KtrdrError('USAGE', `--checkpoint-every does not understand "${text}".`, {
      suggestions: [
        '--checkpoint-every 10epochs',
        '--checkpoint-every 37batches',
        '--checkpoint-every 5000bars',
      ],
    })
  return { [unit]: Number(count) }
}
