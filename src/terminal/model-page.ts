// `models show` and `models compare` on the screen.

import { counted, grouped } from '../core/text.ts'
import { compareScreen, sideBySide, type Comparison } from './compare.ts'
import { ago, figure, percent, size, title, utc, visible } from './format.ts'
import { daysText } from './models.ts'
import { labelled, table, type Column } from './table.ts'
import { evaluationDetails, testText, type Evaluation } from './training-result.ts'

type Slice = { readonly firstMs: number; readonly lastMs: number; readonly rows: number } | null

type ModelPage = {
  readonly model: string
  readonly path: string
  readonly sha256: string
  readonly listed: { readonly createdAt: string; readonly ageMs: number } | null
  readonly strategy: string
  readonly symbols: readonly string[]
  readonly timeframe: string
  readonly network: Readonly<Record<string, unknown>> & {
    readonly text: string
    readonly parameters: number
  }
  readonly features: readonly {
    readonly id: string
    readonly normalization: {
      readonly method: string
      readonly offset: number
      readonly scale: number
    } | null
  }[]
  readonly training: Readonly<Record<string, unknown>> | null
  readonly seed: number
  readonly epoch: number
  readonly epochs: number
  readonly arithmetic: string
  readonly split: Readonly<Record<'train' | 'validation' | 'test', Slice>>
  readonly seenUntilMs: number | null
  readonly metrics: Readonly<Record<string, unknown>> | null
  readonly files: readonly {
    readonly name: string
    readonly sizeBytes: number
    readonly sha256: string | null
    readonly damage: string | null
  }[]
  readonly operation: {
    readonly operationId: string
    readonly program: string
    readonly fingerprints: Readonly<Record<string, string>>
  } | null
  readonly command: string | null
  readonly next: readonly string[]
}

export function modelScreen(page: ModelPage, room = Infinity): string {
  const heading = visible(page.model)
  return [
    `${heading}\n${'='.repeat(heading.length)}\n${labelled(factsOf(page), { room })}`,
    section('Data', dataOf(page), room),
    section('Network', networkOf(page), room),
    `Features:\n${indent(featureTable(page, room))}`,
    page.training === null
      ? 'Training: its strategy is of a grammar that this ktrdr does not know, or is damaged.'
      : section('Training', trainingOf(page.training), room),
    resultOf(page, room),
    `Files:\n${indent(fileTable(page, room))}`,
    page.operation === null
      ? ''
      : section('Fingerprints', Object.entries(page.operation.fingerprints), room),
    page.command === null ? '' : `To get it again:\n  ${visible(page.command)}`,
    page.next.length === 0
      ? ''
      : `Next:\n${page.next.map((line) => `  ${visible(line)}`).join('\n')}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

type Rows = (readonly [label: string, text: string])[]

function factsOf({ strategy, listed, path, sha256, operation, files }: ModelPage): Rows {
  const damaged = files.filter(({ damage }) => damage !== null)
  const integrity =
    damaged.length === 0
      ? 'verified'
      : damaged.map(({ name, damage }) => `${name} is ${damage}`).join(', ')
  return [
    ['Strategy:', strategy],
    ...(listed ? [['Trained:', `${utc(listed.createdAt)}  (${ago(listed.ageMs)})`] as const] : []),
    ['Operation:', operation?.operationId ?? 'not of this data directory'],
    ...(operation ? [['Program:', operation.program] as const] : []),
    ['Integrity:', integrity],
    ['SHA-256:', sha256],
    ['Directory:', path],
  ]
}

function dataOf({ symbols, timeframe, split, seenUntilMs }: ModelPage): Rows {
  const slices = Object.entries(split).map(
    ([name, slice]) =>
      [
        `${title(name)}:`,
        slice ? `${daysText(slice)}  ${counted(slice.rows, 'row')}` : 'none',
      ] as const,
  )
  const seen = seenUntilMs === null ? '--' : momentText(seenUntilMs)
  return [
    ['Market:', `${symbols.join(', ')} ${timeframe}`],
    ...slices,
    ['Seen Until:', `${seen}: what is later is out of sample`],
  ]
}

const DAY_MS = 86_400_000

/** "2017-03-01", or with the time of day where there is one. */
function momentText(ms: number): string {
  const iso = new Date(ms).toISOString()
  return ms % DAY_MS === 0 ? iso.slice(0, 10) : `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

function networkOf({ network, arithmetic, seed, epoch, epochs }: ModelPage): Rows {
  const { activation, dropout } = network
  return [
    ['Layers:', `${network.text}, ${grouped(network.parameters)} parameters`],
    ...(typeof activation === 'string' ? [['Activation:', activation] as const] : []),
    ['Dropout:', String(dropout)],
    ['Arithmetic:', arithmetic],
    ['Seed:', String(seed)],
    ['Epoch:', `${epoch} of ${epochs}`],
  ]
}

const FEATURE_COLUMNS: readonly Column[] = [
  { head: 'FEATURE' },
  { head: 'NORMALIZATION' },
  { head: 'OFFSET', align: 'right' },
  { head: 'SCALE', align: 'right' },
]

function featureTable({ features }: ModelPage, room: number): string {
  const rows = features.map(({ id, normalization }) => [
    id,
    normalization?.method ?? 'none',
    normalization ? figure(normalization.offset) : '',
    normalization ? figure(normalization.scale) : '',
  ])
  return table(FEATURE_COLUMNS, rows, room - INDENT.length)
}

/** One line a setting; of a setting with parts, its kind first. */
function trainingOf(training: NonNullable<ModelPage['training']>): Rows {
  return Object.entries(training).map(([key, value]) => [`${title(key)}:`, settingText(value)])
}

function settingText(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value !== 'object') return String(value)
  const { kind, source, ...parts } = value as Record<string, unknown>
  const words = Object.entries(parts).map(([key, part]) => `${key} ${partText(part)}`)
  const first = kind ?? source
  return [...(first === undefined ? [] : [String(first)]), ...words].join(', ')
}

function partText(part: unknown): string {
  return typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part ?? 'none')
}

function resultOf({ metrics }: ModelPage, room: number): string {
  if (metrics === null) return ''
  const { trainLoss, valLoss, bestValLoss, bestValAccuracy, stoppedEarly, test } = metrics
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  const evaluation = (test ?? null) as Evaluation | null
  const facts = section(
    'Result',
    [
      [
        'Loss:',
        `train ${figure(number(trainLoss))}  validation ${figure(number(valLoss))}  best ${figure(number(bestValLoss))}`,
      ],
      ['Validation Accuracy:', percent(number(bestValAccuracy))],
      ['Stopped Early:', stoppedEarly === true ? 'yes' : 'no'],
      ['Test:', testText(evaluation)],
    ],
    room,
  )
  const details = evaluationDetails(evaluation, room)
  return details === '' ? facts : `${facts}\n\n${details}`
}

const FILE_COLUMNS: readonly Column[] = [
  { head: 'NAME' },
  { head: 'SIZE', align: 'right' },
  { head: 'INTEGRITY' },
  { head: 'SHA-256', gone: 1 },
]

function fileTable({ files }: ModelPage, room: number): string {
  const rows = files.map(({ name, sizeBytes, sha256, damage }) => [
    name,
    size(sizeBytes),
    damage ?? (sha256 === null ? '-' : 'ok'),
    sha256 ?? '',
  ])
  return table(FILE_COLUMNS, rows, room - INDENT.length)
}

const INDENT = '  '

function section(heading: string, rows: Rows, room: number): string {
  return `${heading}:\n${labelled(rows, { indent: INDENT, room })}`
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, INDENT)
}

type ModelComparison = Pick<Comparison, 'rows' | 'warnings'> & {
  readonly models: Comparison['runs']
  readonly differences: readonly { readonly path: string; readonly values: readonly unknown[] }[]
  readonly same: number
}

export function modelComparisonScreen(
  { models, differences, same, rows, warnings }: ModelComparison,
  room: number,
): string {
  const cells = differences.map(({ path, values }) => ({
    label: path,
    texts: values.map(valueText),
    best: [],
  }))
  const settings =
    differences.length === 0
      ? `All ${same} settings are the same.`
      : `Settings that differ (${same} are the same):`
  return [
    compareScreen({ runs: models, rows, path: null, warnings }, room),
    settings,
    ...(cells.length === 0 ? [] : [sideBySide(models, cells, room)]),
  ].join('\n\n')
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '--'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 24 ? `${text.slice(0, 23)}…` : text
}
