// From the record of an operation to what a report says of it: its command, its attempts, its hashes.

import { termFlags, tradingFlags } from './trading/trading-flags.ts'
import type { TradingTerms } from './trading/trading-terms.ts'
import type { Json } from './core/hash.ts'
import { shellWord } from './core/shell-word.ts'
import { dataFlag } from './data/data-flag.ts'
import type { BacktestRequest } from './jobs/backtest-inputs.ts'
import type { RuleRequest } from './jobs/rule-inputs.ts'
import type { SearchRequest } from './jobs/search-inputs.ts'
import type { SignalRequest } from './jobs/signal-inputs.ts'
import type { TrainingRequest } from './jobs/training-inputs.ts'
import type { WalkForwardRequest } from './jobs/walk-forward-inputs.ts'
import type { OperationDetails } from './operations/views.ts'
import type { OperationFacts, TrainingFacts } from './report/report-data.ts'

/** A page, and what it has to do without. */
export type Page = { readonly page: string; readonly missing: readonly string[] }

/** Where the result of an operation lies. */
export function placeOf(
  details: OperationDetails,
  kind: 'model' | 'backtest' | 'search' | 'walkforward',
): TrainingFacts['model'] {
  return (details.result as Record<string, unknown>)[kind] as TrainingFacts['model']
}

type Place = Readonly<Record<string, Json | undefined>>

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

export function trainCommand(request: TrainingRequest): string {
  const { strategy, epochs, seed, warmStart } = request
  return [
    'ktrdr train',
    shellWord(strategy.given),
    ...dataFlags(request, hasSeveral(request.data)),
    ...(epochs === null ? [] : [`--epochs ${epochs}`]),
    ...(seed === null ? [] : [`--seed ${seed}`]),
    ...(warmStart === null ? [] : [`--from ${shellWord(warmStart.directory)}`]),
  ].join(' ')
}

/**
 * @param called what the model, or the strategy that has rules, is called, or where it lies
 * @param strategy what the strategy says of trading
 */
export function backtestCommand(
  request: BacktestRequest | SignalRequest | RuleRequest,
  called: string,
  strategy?: TradingTerms,
): string {
  const { simulation, funding = [], trials } = request
  return [
    'ktrdr backtest',
    ...('signals' in request ? signalFlags(request) : [shellWord(called)]),
    ...dataFlags(request, true), // a strategy may have more symbols than were traded
    ...('rules' in request ? timeframeFlag(request.traded) : []),
    ...tradingFlags(simulation, strategy),
    ...fundingFlags(funding),
    ...(trials === undefined ? [] : [`--trials ${trials}`]),
  ].join(' ')
}

/** With the timeframe that was traded: the file of bars may have a shorter one. */
function signalFlags({ signals: { path, decisions }, traded }: SignalRequest): string[] {
  return [
    `--signals ${shellWord(path)}`,
    `--confidence-threshold ${decisions.confidenceThreshold}`,
    decisions.allowShortFromFlat ? '--allow-short' : '--no-allow-short',
    `--signal-separation ${decisions.minSignalSeparationHours}`,
    ...timeframeFlag(traded),
  ]
}

function timeframeFlag({ timeframe }: Pick<SignalRequest['traded'], 'timeframe'>): string[] {
  return timeframe === null ? [] : [`--timeframe ${timeframe}`]
}

export function searchCommand(request: SearchRequest): string {
  const { strategy, space, method, trials, objective, seed, prune, epochs, trading } = request
  return [
    'ktrdr search',
    shellWord(strategy.given),
    `--space ${shellWord(space.path)}`,
    ...dataFlags(request, hasSeveral(request.data)),
    `--method ${method} --trials ${trials} --objective ${objective} --seed ${seed}`,
    ...(prune ? ['--prune'] : []),
    ...(epochs === null ? [] : [`--epochs ${epochs}`]),
    ...termFlags(trading),
  ].join(' ')
}

export function walkForwardCommand(request: WalkForwardRequest): string {
  const { strategy, train, test, step, isAnchored, search, objective, epochs } = request
  return [
    'ktrdr walkforward',
    shellWord(strategy.given),
    ...dataFlags(request, hasSeveral(request.data)),
    `--train ${train} --test ${test}`,
    ...(step === null ? [] : [`--step ${step}`]),
    ...(isAnchored ? ['--anchored'] : []),
    ...(search === null
      ? []
      : [
          `--search ${shellWord(search.space.path)} --method ${search.method} --trials ${search.trials} --seed ${search.seed}`,
        ]),
    ...(objective === null ? [] : [`--objective ${objective}`]),
    ...(epochs === null ? [] : [`--epochs ${epochs}`]),
    ...termFlags(request.trading),
    ...fundingFlags(request.funding),
  ].join(' ')
}

function fundingFlags(funding: WalkForwardRequest['funding']): string[] {
  return funding.map(
    ({ path, symbol }) => `--funding ${shellWord(symbol === null ? path : `${symbol}=${path}`)}`,
  )
}

function hasSeveral(data: TrainingRequest['data']): boolean {
  return new Set(data.map(({ symbol }) => symbol)).size > 1
}

/** @param isNamed whether each file is given with its symbol */
function dataFlags(
  { data, range }: Pick<BacktestRequest, 'data' | 'range'>,
  isNamed: boolean,
): string[] {
  return [
    ...data.map(({ path, symbol }) =>
      isNamed && symbol !== null ? dataFlag(symbol, path) : `--data ${shellWord(path)}`,
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
