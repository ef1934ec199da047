// The grammar of a pipeline file: what a phase of each kind may say, in the words of the command that does the same.
//
//   name: pullback
//   phases:
//     train: { kind: train, strategy: pullback.yaml, data: sp500.csv }
//     test:  { kind: backtest, model: '${train.model}', data: sp500.csv, start: 2017-04-19 }
//
// The keys of a phase depend on its kind, so each is read by the grammar of its own kind (load-pipeline.ts).

import * as z from 'zod'
import { TIMEFRAMES } from '../data/bars.ts'
import { MARKETS } from '../data/synthesize.ts'
import { ID, notes, section } from '../strategy/schema-words.ts'
import { yamlName } from '../trading/term-names.ts'
import { TERMS, type TermKey } from '../trading/trading-terms.ts'

export const PHASE_KINDS = ['prepare', 'train', 'backtest', 'report', 'task', 'command'] as const
export type PhaseKind = (typeof PHASE_KINDS)[number]

export const PREPARE_ACTIONS = ['convert', 'resample', 'synth', 'features'] as const
export type PrepareAction = (typeof PREPARE_ACTIONS)[number]

/** Of document 003. */
export const DEFAULT_TTL = '24h'
export const DEFAULT_MAX_CHECKPOINTS = 10
export const DEFAULT_SAVE_INTERVAL_SECONDS = 300

const phaseName = z
  .string()
  .regex(ID)
  .max(60)
  .register(notes, { expected: 'the name of a phase', remedy: 'use letters, digits, _ and -' })

const word = (description: string) => z.string().min(1).describe(description)
const count = (least: number) =>
  z
    .int()
    .min(least)
    .register(notes, { expected: `a whole number from ${least}` })
const seed = z.int().min(0).register(notes, { expected: 'a whole number from 0' })
const timeframe = z.enum(TIMEFRAMES)
const date = (description: string) =>
  z.string().describe(description).register(notes, { expected: 'a date such as 2015-01-01' })

const files = (description: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe(description)
    .register(notes, { expected: 'a file, or a list of files' })

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(ms|s|m|h|d)$/)
  .register(notes, { expected: 'a duration such as 5m', remedy: 'write for example 5m' })

const range = {
  start: date('First bar to use.').optional(),
  end: date('Last bar to use; a day means all of it.').optional(),
}

export const ttl = z
  .string()
  .regex(/^(none|\d+(\.\d+)?\s*(ms|s|m|h|d))$/)
  .describe('How long what was done or begun stays good.')
  .register(notes, { expected: 'a duration such as 24h, or none', remedy: 'write for example 24h' })
const maxCheckpoints = z.int().min(1).max(1000).describe('Most checkpoints to keep.')
const saveInterval = z
  .number()
  .min(0)
  .max(86_400)
  .describe('Seconds between two saves; 0 = only when stopped or told to.')

/** What holds for all phases that do not say it themselves. */
const lifetime = { ttl: ttl.optional() }
const saving = {
  max_checkpoints: maxCheckpoints.optional(),
  save_interval_seconds: saveInterval.optional(),
}

export const pipelineFile = section({
  name: z.string().regex(ID).max(100).describe('The name of the pipeline.').register(notes, {
    expected: 'a name of letters, digits, _ and -',
    remedy: 'write for example name: pullback',
  }),
  description: z.string().optional(),
  ...lifetime,
  ...saving,
  phases: z
    .record(phaseName, z.unknown())
    .refine((phases) => Object.keys(phases).length > 0)
    .describe('What is to be done, by name.')
    .register(notes, { expected: 'a mapping with at least one phase' }),
})

const every = <Kind extends PhaseKind>(kind: Kind) => ({
  kind: z.literal(kind),
  needs: z
    .array(phaseName)
    .optional()
    .describe('Phases that come first; one that is referred to comes first anyway.')
    .register(notes, { expected: 'a list of phases' }),
  ...lifetime,
})

const prepare = { ...every('prepare') }
const out = word('The file that is written; one that is there is replaced.')

const convert = section({
  ...prepare,
  action: z.literal('convert'),
  in: word('CSV (gzip too) or Parquet.'),
  out,
  timeframe: timeframe.optional(),
  ...range,
})
const resample = section({
  ...prepare,
  action: z.literal('resample'),
  in: word('CSV (gzip too) or Parquet.'),
  out,
  timeframe: timeframe.register(notes, { remedy: 'write for example timeframe: 1w' }),
  ...range,
})
const synth = section({
  ...prepare,
  action: z.literal('synth'),
  out,
  bars: count(2).optional(),
  timeframe: timeframe.optional(),
  seed: seed.optional(),
  symbol_like: z.enum(MARKETS).optional(),
  start: date('No bar is before it.').optional(),
  regimes: z.boolean().optional(),
})
const features = section({
  ...prepare,
  action: z.literal('features'),
  strategy: word('A strategy file, or its name.'),
  data: files('Price bars.'),
  out,
  raw: z.boolean().optional(),
  ...range,
})

const train = section({
  ...every('train'),
  strategy: word('A strategy file, or its name.'),
  data: files('Price bars.'),
  ...range,
  epochs: count(1).optional(),
  seed: seed.optional(),
  from: word('A model to start from.').optional(),
  ...saving,
})

const scalar = z
  .union([z.string().min(1), z.number()])
  .register(notes, { expected: 'text or a number' })
const YES_OR_NO: readonly TermKey[] = ['wholeUnits', 'reverse', 'leaveOpen']

/** Each term of trading by the name that it has in a strategy. */
const tradingShape = Object.fromEntries([
  ...(Object.keys(TERMS) as TermKey[]).map((key) => [yamlName(key), scalar.optional()]),
  ...YES_OR_NO.map((key) => [yamlName(key), z.boolean().optional()]),
  ['position_size', scalar.optional()],
]) as Readonly<Record<string, z.ZodOptional<typeof scalar>>>
export const TRADING_KEYS = Object.keys(tradingShape)

const backtest = section({
  ...tradingShape,
  ...every('backtest'),
  model: word('The model to use: that of a phase, or one that there is.').optional(),
  strategy: word('A strategy with rules; with signals, the one whose decisions apply.').optional(),
  signals: word('Signals of another program.').optional(),
  data: files('Price bars.'),
  ...range,
  timeframe: timeframe.optional(),
  confidence_threshold: z.number().min(0).max(1).optional(),
  allow_short: z.boolean().optional(),
  signal_separation: z.number().min(0).optional(),
  funding: files('Rates of funding.').optional(),
  trials: count(1).optional(),
  export: word('A directory for trades and equity, as CSV and Parquet.').optional(),
  ...saving,
})

const report = section({
  ...every('report'),
  operation: z
    .string()
    .regex(/^(op_|.*\$\{)/)
    .describe('What it is about: ${test.operation}, or the id of an operation that there is.')
    .register(notes, { expected: 'an operation such as ${test.operation}' }),
  out,
})

const task = section({
  ...every('task'),
  module: word('The file of the task.'),
  input: word('JSON, a list being one task for each of its items; or JSON lines.').optional(),
  whole: z.boolean().optional().describe('One task, whose input is the whole list.'),
  set: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('What the task finds in ctx.set.'),
  seed: seed.optional(),
  workers: count(1).optional(),
  task_timeout: duration.optional(),
  fail_fast: z.boolean().optional(),
  ...saving,
})

const command = section({
  ...every('command'),
  run: z
    .array(scalar)
    .min(1)
    .optional()
    .describe('Program and arguments, as they are: no shell.')
    .register(notes, { expected: 'a list: the program and its arguments' }),
  shell: word('A line for sh -c, instead of run.').optional(),
  inputs: files('Files that it reads: when one changes, it runs again.').optional(),
  outputs: z
    .record(phaseName, z.string().min(1))
    .optional()
    .describe('Files that it writes, by the names that other phases refer to.'),
})

export const PREPARE_GRAMMARS = { convert, resample, synth, features } as const
export const GRAMMARS = { train, backtest, report, task, command } as const

type Grammar = typeof PREPARE_GRAMMARS & typeof GRAMMARS
/** What a phase says, by its kind. */
export type PhaseSettings = z.output<Grammar[keyof Grammar]>
export type PrepareSettings = z.output<(typeof PREPARE_GRAMMARS)[PrepareAction]>
export type TrainSettings = z.output<typeof train>
export type BacktestSettings = z.output<typeof backtest>
export type ReportSettings = z.output<typeof report>
export type TaskSettings = z.output<typeof task>
export type CommandSettings = z.output<typeof command>
