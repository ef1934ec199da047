// Keys of the grammar that do nothing in this strategy, such as `huber_delta` without the Huber
// loss. A warning each, so that nobody tunes a number that has no effect. (Keys that never do
// anything: `ignored` in the schema.)

import { warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import type { PartialFile } from './schema.ts'
import { BARRIER_SPELLINGS, labelSource } from './label-settings.ts'
import { outputFormat, settled } from './settings.ts'

type Rule = {
  readonly section: Path
  readonly keys: readonly string[]
  readonly counts: boolean
  /** Where the keys would count, or what decides instead. */
  readonly because: string
}

export function checkIdleKeys(file: PartialFile): Finding[] {
  return [...dataRules(file), ...decisionRules(file), ...trainingRules(file)].flatMap(
    ({ section, keys, counts, because }) =>
      counts
        ? []
        : keys
            .filter((key) => isGiven(file, [...section, key]))
            .map((key) =>
              warning([...section, key], `ignored: ${because}`, undefined, { atKey: true }),
            ),
  )
}

function isGiven(file: PartialFile, path: Path): boolean {
  let inner: unknown = file
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false
    inner = (inner as Record<string, unknown>)[step]
  }
  return true
}

/** Whether `value` is one of `values`; a value that is broken might be. */
function isOneOf(value: string | undefined, ...values: readonly string[]): boolean {
  return value === undefined || values.includes(value)
}

function dataRules({ training_data: data, model }: PartialFile): Rule[] {
  const symbols = ['training_data', 'symbols']
  const timeframes = ['training_data', 'timeframes']
  const architecture = ['model', 'architecture']
  const { mode: symbolMode } = data?.symbols ?? {}
  const { mode: timeframeMode } = data?.timeframes ?? {}
  const type = settled(model, 'type', 'mlp')
  const single = 'mode is single'
  const isList = (mode: string | undefined, section: object | undefined, one: string) =>
    mode !== 'single' || !Object.hasOwn(section ?? {}, one)
  const ofMlp = 'it belongs to mlp'
  const ofRecurrent = 'it belongs to lstm and gru'
  const isRecurrent = isOneOf(type, 'lstm', 'gru')
  return [
    rule(['training_data'], ['start_date'], false, '--start decides'),
    rule(['training_data'], ['end_date'], false, '--end decides'),
    rule(symbols, ['list', 'symbols'], isList(symbolMode, data?.symbols, 'symbol'), single),
    rule(symbols, ['symbol'], isOneOf(symbolMode, 'single'), 'mode is multi_symbol'),
    rule(
      timeframes,
      ['list', 'timeframes'],
      isList(timeframeMode, data?.timeframes, 'timeframe'),
      single,
    ),
    rule(timeframes, ['timeframe'], isOneOf(timeframeMode, 'single'), 'mode is multi_timeframe'),
    rule(architecture, ['hidden_layers', 'activation'], isOneOf(type, 'mlp'), ofMlp),
    rule(architecture, ['sequence_length', 'hidden_size', 'num_layers'], isRecurrent, ofRecurrent),
  ]
}

const TRADING_KEYS = [
  'confidence_threshold',
  'position_awareness',
  'allow_short_from_flat',
  'filters',
  'cost_model',
]

function decisionRules(file: PartialFile): Rule[] {
  const format = outputFormat(file)
  const source = labelSource(file)
  const section = ['decisions']
  if (format === 'classification' && (source === 'regime' || source === 'context')) {
    const noSignals = `${source} labels are classes of the market, which give no signals to trade on`
    return [rule(section, TRADING_KEYS, false, noSignals)]
  }
  const isClassification = isOneOf(format, 'classification')
  return [
    rule(
      section,
      ['confidence_threshold'],
      isClassification,
      'the cost threshold decides for regression',
    ),
    rule(
      section,
      ['allow_short_from_flat'],
      isClassification,
      'regression always may open a short',
    ),
    rule(
      section,
      ['allow_short_from_flat'],
      !isClassification || settled(file.decisions, 'position_awareness', true) !== false,
      'without position_awareness a SELL always may open a short',
    ),
    rule(section, ['cost_model'], isOneOf(format, 'regression'), 'it belongs to regression'),
  ]
}

function trainingRules(file: PartialFile): Rule[] {
  const { training } = file
  const format = outputFormat(file)
  const usual = format === 'regression' ? 'huber' : 'cross_entropy'
  const loss = format === undefined ? undefined : settled(training, 'loss', usual)
  const optimizer = nameOf(settled(training, 'optimizer', 'adam'))
  const hasMomentum = isOneOf(optimizer, 'sgd')
  const schedule = nameOf(settled(training, 'lr_scheduler', 'constant'))
  const scheduler = ['training', 'lr_scheduler']
  return [
    rule(['training'], ['focal_gamma'], isOneOf(loss, 'focal'), 'it belongs to the loss focal'),
    rule(['training'], ['huber_delta'], isOneOf(loss, 'huber'), 'it belongs to the loss huber'),
    rule(['training'], ['momentum'], hasMomentum, 'only sgd has a momentum'),
    rule(['training', 'optimizer'], ['momentum'], hasMomentum, 'only sgd has a momentum'),
    rule(scheduler, ['step_size'], isOneOf(schedule, 'step'), 'it belongs to step'),
    rule(
      scheduler,
      ['gamma'],
      isOneOf(schedule, 'step', 'exponential'),
      'it belongs to step and exponential',
    ),
    rule(
      scheduler,
      ['factor', 'patience', 'mode'],
      isOneOf(schedule, 'reduce_on_plateau'),
      'it belongs to reduce_on_plateau',
    ),
    rule(
      ['training', 'early_stopping'],
      ['patience', 'min_delta', 'monitor'],
      training?.early_stopping?.enabled !== false,
      'enabled is false',
    ),
    ...labelRules(file),
  ]
}

/** Optimizer and scheduler are a name, or a mapping with a `type`; a mere yes or no to a schedule is constant. */
function nameOf(
  given: string | boolean | { readonly type?: string | undefined } | undefined,
): string | undefined {
  if (typeof given === 'boolean') return 'constant'
  return typeof given === 'object' ? given.type : given
}

const LABEL_KEYS: Readonly<Record<string, readonly string[]>> = {
  zigzag: ['zigzag_threshold'],
  triple_barrier: [
    'pt_multiplier',
    'sl_multiplier',
    'max_holding_period',
    ...Object.keys(BARRIER_SPELLINGS),
    'vol_span',
    'vol_method',
    'compute_weights',
    'cusum_threshold',
    'cusum_multiplier',
  ],
  regime: [
    'macro_atr_mult',
    'micro_atr_mult',
    'atr_period',
    'vol_lookback',
    'vol_crisis_threshold',
    'progression_tolerance',
  ],
  context: ['bullish_threshold', 'bearish_threshold'],
}

function labelRules(file: PartialFile): Rule[] {
  const section = ['training', 'labels']
  const source = labelSource(file)
  const hasHorizon = isOneOf(source, 'forward_return', 'context')
  const cusum = settled(settled(file.training, 'labels', {}), 'cusum_threshold', 1)
  return [
    rule(section, ['label_lookahead', 'trending_threshold'], false, 'it never had an effect'),
    rule(section, ['horizon'], hasHorizon, 'it belongs to forward_return and context labels'),
    rule(
      section,
      ['cusum_multiplier'],
      !isOneOf(source, 'triple_barrier') || cusum === undefined || cusum <= 0,
      'it belongs to an automatic cusum_threshold, 0 or less',
    ),
    ...Object.entries(LABEL_KEYS).map(([owner, keys]) =>
      rule(section, keys, isOneOf(source, owner), `it belongs to ${owner} labels`),
    ),
  ]
}

function rule(section: Path, keys: readonly string[], counts: boolean, because: string): Rule {
  return { section, keys, counts, because }
}
