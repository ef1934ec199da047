// From the record of an operation to what a report says of it: its command, its attempts, its hashes.

import type { Json } from './core/hash.ts'
import { shellWord } from './core/shell-word.ts'
import { dataFlag } from './data/data-flag.ts'
import type { OperationDetails } from './operations/views.ts'
import type { OperationFacts, TrainingFacts } from './report/report-data.ts'

type Place = Readonly<Record<string, Json | undefined>>

type RecordedData = readonly { readonly path: string; readonly symbol: string | null }[]
type RecordedRange = { readonly fromMs: number | null; readonly toMs: number | null }

/** Settings that both kinds of work record. */
export type RecordedSettings = {
  readonly data: RecordedData
  readonly range: RecordedRange
}

export function operationFacts(
  details: OperationDetails,
  command: string,
  hashes: OperationFacts['hashes'],
  directory: string,
): OperationFacts {
  const { operationId, name, createdAt, endedAt, attempts, fingerprints } = details
  return {
    operationId,
    name,
    createdAt,
    endedAt,
    program: attempts.at(-1)?.program ?? 'ktrdr',
    attempts: attempts.map(({ number, outcome, reason, resumedFrom }) =>
      [
        `${number}:`,
        resumedFrom === null
          ? 'from the beginning,'
          : `resumed from ${placeText(resumedFrom as Place)},`,
        outcome ?? 'running',
        ...(reason ? [`(${reason})`] : []),
      ].join(' '),
    ),
    fingerprints,
    hashes,
    command,
    directory,
  }
}

/** {seq: 8, type, createdAt, epoch: 16, batch: 4} → "checkpoint 8 (epoch 16, batch 4)" */
function placeText({ seq, type: _, createdAt: __, ...units }: Place): string {
  const place = Object.entries(units).map(([unit, at]) => `${unit} ${String(at)}`)
  return `checkpoint ${String(seq)} (${place.join(', ')})`
}

/** Checkpoints that are left, and resumes, by the epoch that each belongs to. */
export function trainingMarks({
  checkpoints,
  attempts,
}: OperationDetails): Pick<TrainingFacts, 'checkpoints' | 'resumes'> {
  const usable = checkpoints.filter(({ damage, unit }) => damage === null && unit === 'epoch')
  const batches = usable.find(({ within }) => within !== null)?.within?.of
  return {
    checkpoints: usable
      .map(({ seq, at, within, type, tag }) => ({
        epoch: at + (within ? within.at / within.of : 0),
        text: `${seq} (epoch ${at}${within ? ` +${within.at}/${within.of}` : ''}, ${tag ?? type})`,
      }))
      .toReversed(),
    resumes: attempts.flatMap(({ number, resumedFrom }) => {
      if (resumedFrom === null) return []
      const { epoch, batch } = resumedFrom as Place
      const part = typeof batch === 'number' && batches !== undefined ? batch / batches : 0
      return [
        {
          epoch: Number(epoch) + part,
          text: `attempt ${number}, from ${placeText(resumedFrom as Place)}`,
        },
      ]
    }),
  }
}

export function trainCommand(settings: Json): string {
  const { strategy, epochs, seed, warmStart, ...rest } = settings as unknown as RecordedSettings & {
    readonly strategy: { readonly given: string }
    readonly epochs: number | null
    readonly seed: number | null
    readonly warmStart: { readonly directory: string } | null
  }
  return [
    'ktrdr train',
    shellWord(strategy.given),
    ...dataFlags(rest),
    ...(epochs === null ? [] : [`--epochs ${epochs}`]),
    ...(seed === null ? [] : [`--seed ${seed}`]),
    ...(warmStart ? [`--from ${shellWord(warmStart.directory)}`] : []),
  ].join(' ')
}

/** @param model what it is called, or its directory; null = without one */
export function backtestCommand(settings: Json, model: string | null): string {
  const { simulation, signals, ...rest } = settings as unknown as RecordedSettings & {
    readonly simulation: {
      readonly capital: number
      readonly commission: number
      readonly slippage: number
      readonly positionSize: number
      readonly wholeUnits: boolean
    }
    readonly signals?: { readonly path: string }
  }
  return [
    'ktrdr backtest',
    ...(model === null ? [] : [shellWord(model)]),
    ...(signals ? [`--signals ${shellWord(signals.path)}`] : []),
    ...dataFlags(rest),
    `--capital ${simulation.capital}`,
    `--commission ${simulation.commission}`,
    `--slippage ${simulation.slippage}`,
    `--position-size ${simulation.positionSize}`,
    ...(simulation.wholeUnits ? ['--whole-units'] : []),
  ].join(' ')
}

function dataFlags({ data, range }: RecordedSettings): string[] {
  const hasSeveral = new Set(data.map(({ symbol }) => symbol)).size > 1
  return [
    ...data.map(({ path, symbol }) =>
      hasSeveral && symbol !== null ? dataFlag(symbol, path) : `--data ${shellWord(path)}`,
    ),
    ...(range.fromMs === null ? [] : [`--start ${boundText(range.fromMs)}`]),
    ...(range.toMs === null ? [] : [`--end ${lastText(range.toMs)}`]),
  ]
}

const DAY_MS = 86_400_000

/** As it was typed: a whole day, or a moment. */
function boundText(ms: number): string {
  const iso = new Date(ms).toISOString()
  return ms % DAY_MS === 0 ? iso.slice(0, 10) : iso
}

function lastText(ms: number): string {
  return (ms + 1) % DAY_MS === 0 ? boundText(ms + 1 - DAY_MS) : new Date(ms).toISOString()
}
