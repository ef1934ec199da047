// Screens of trained models: a list, what was exported, what is asked before one is deleted.

import { counted } from '../core/text.ts'
import { ago, figure, shortAge, size, visible } from './format.ts'
import { labelled, table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

type ModelLine = {
  readonly model: string
  readonly operationId: string
  readonly sizeBytes: number
  readonly ageMs: number
  readonly damage: string | null
  readonly facts: {
    readonly epoch: number
    readonly epochs: number
    readonly valLoss: number | null
    readonly trainedOn: { readonly firstMs: number; readonly lastMs: number } | null
  } | null
}

type ModelList = {
  readonly models: readonly ModelLine[]
  readonly total: number
  readonly totalBytes: number
  readonly unknown: readonly string[]
}

const LIST_COLUMNS: readonly Column[] = [
  { head: 'MODEL' },
  { head: 'EPOCH', align: 'right', gone: 3 },
  { head: 'VAL LOSS', align: 'right' },
  { head: 'TRAINED ON', gone: 4 },
  { head: 'SIZE', align: 'right', gone: 2 },
  { head: 'AGE', align: 'right', gone: 5 },
  { head: 'OPERATION', gone: 1 },
]

/** Directories that are not of this data directory are named up to this number. */
const SHOWN_UNKNOWN = 3

export function modelsScreen(
  { models, total, totalBytes, unknown }: ModelList,
  room = Infinity,
): string {
  const notes = [
    ...models.flatMap(({ model, damage }) => (damage === null ? [] : [`${model}: ${damage}`])),
    ...unknownNotes(unknown),
  ].map((note) => hanging('! ', visible(note), room))
  if (total === 0)
    return ['No models.', '', 'Train one:  ktrdr train STRATEGY --data FILE', ...notes].join('\n')
  const rows = models.map(({ model, operationId, sizeBytes, ageMs, facts }) => [
    model,
    facts === null ? '' : `${facts.epoch}/${facts.epochs}`,
    facts === null ? 'DAMAGED' : figure(facts.valLoss),
    facts?.trainedOn ? daysText(facts.trainedOn) : '',
    size(sizeBytes),
    shortAge(ageMs),
    operationId.slice(-6),
  ])
  const shown = models.length < total ? ` (${models.length} shown)` : ''
  return [
    table(LIST_COLUMNS, rows, room),
    '',
    `Total: ${counted(total, 'model')}${shown}, ${size(totalBytes)}`,
    ...notes,
  ].join('\n')
}

function unknownNotes(unknown: readonly string[]): string[] {
  if (unknown.length === 0) return []
  const named = unknown.slice(0, SHOWN_UNKNOWN).join(', ')
  const more = unknown.length - SHOWN_UNKNOWN
  return [
    `${counted(unknown.length, 'model')} that this data directory knows nothing of: ${named}${more > 0 ? ` and ${more} more` : ''}`,
  ]
}

/** "2010-01-04 … 2016-12-30" */
export function daysText({
  firstMs,
  lastMs,
}: {
  readonly firstMs: number
  readonly lastMs: number
}): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  return `${day(firstMs)} … ${day(lastMs)}`
}

export function modelExportedScreen(
  exported: {
    readonly model: string
    readonly format: string
    readonly path: string
    readonly sizeBytes: number
    readonly features: readonly string[]
    readonly classes: readonly string[]
  },
  room = Infinity,
): string {
  const { model, format, path, sizeBytes, features, classes } = exported
  return labelled(
    [
      ['Model', model],
      ['File', `${path}  ${format}, ${size(sizeBytes)}`],
      ['In', `${counted(features.length, 'feature')}: ${features.join(', ')}`],
      ['Out', classes.length === 0 ? 'a forecast' : classes.join(', ')],
    ],
    { room },
  )
}

/** What `models delete` asks. */
export function deleteModelsQuestion(models: readonly ModelLine[], room = Infinity): string {
  const lines = [
    `Are you sure you want to delete ${models.length === 1 ? 'this model' : `these ${models.length} models`}?`,
    ...models.map((model) => `  ${lineText(model)}`),
    'Its directory goes with it; the record of its training stays.',
  ]
  return lines.map((line) => hanging('', visible(line), room)).join('\n')
}

export function modelsDeletedScreen({
  dryRun,
  deleted,
  bytesFreed,
}: {
  readonly dryRun: boolean
  readonly deleted: readonly ModelLine[]
  readonly bytesFreed: number
}): string {
  if (deleted.length === 0) return 'No models.'
  const names = deleted.map((model) => (dryRun ? lineText(model) : model.model)).map(visible)
  return dryRun
    ? [
        'Would delete:',
        ...names.map((name) => `  ${name}`),
        `Would free ${size(bytesFreed)}. Run again without --dry-run to do it.`,
      ].join('\n')
    : `Deleted ${names.join(', ')}. Freed ${size(bytesFreed)}.`
}

function lineText({ model, facts, damage, sizeBytes, ageMs }: ModelLine): string {
  const what =
    facts === null
      ? [damage ?? '']
      : [`validation loss ${figure(facts.valLoss)}`, `epoch ${facts.epoch}`]
  return [model, ...what, size(sizeBytes), `trained ${ago(ageMs)}`].join(', ')
}
