// The result of a training: where the model is, and how good it is on rows that it has never seen, beside what takes no
// skill at all. Where the confusion matrix has no room, the scores of each class stand alone.

import { grouped } from '../core/text.ts'
import { figure, percent, visible } from './format.ts'
import { labelled, table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

type ClassScore = {
  readonly class: string
  readonly precision: number | null
  readonly recall: number | null
  readonly support: number
  readonly predicted: number
}

/** The second half is not in the records of before there were such figures. */
export type Evaluation = {
  readonly rows: number
  readonly loss: number
  readonly accuracy: number
  readonly f1: number | null
  readonly meanAbsoluteError: number | null
} & (
  | { readonly majorityAccuracy?: undefined }
  | {
      readonly majorityAccuracy: number
      readonly balancedAccuracy: number
      readonly perClass: readonly ClassScore[]
      readonly confusion: readonly (readonly number[])[]
    }
  | {
      readonly majorityAccuracy: number
      readonly perClass: null
      readonly rootMeanSquareError: number
      readonly informationCoefficient: number | null
      readonly rankInformationCoefficient: number | null
      readonly r2AgainstZero: number | null
    }
)

type Detailed = Exclude<Evaluation, { readonly majorityAccuracy?: undefined }>
type Classification = Extract<Detailed, { readonly balancedAccuracy: number }>
type Regression = Extract<Detailed, { readonly perClass: null }>

export type TrainingResult = {
  readonly epochs: number
  readonly seed: number
  readonly name: string
  readonly model: { readonly sha256: string; readonly path: string; readonly version: number }
  readonly metrics: {
    readonly trainLoss: number
    readonly valLoss: number | null
    readonly bestValLoss: number | null
    readonly bestEpoch: number
    readonly stoppedEarly: boolean
    readonly test: Evaluation | null
  }
}

export function trainingResult(
  { name, epochs, metrics, model, seed }: TrainingResult,
  room: number,
): string {
  const { test } = metrics
  const facts = labelled(
    [
      ['Model', `${name}@${model.version}  ${model.path}`],
      [
        'Epochs',
        `${epochs}${metrics.stoppedEarly ? ' (stopped early)' : ''}, best ${metrics.bestEpoch}, seed ${seed}`,
      ],
      [
        'Loss',
        `train ${figure(metrics.trainLoss)}  validation ${figure(metrics.valLoss)}  best ${figure(metrics.bestValLoss)}`,
      ],
      ['Test', testText(test)],
      ['SHA-256', model.sha256],
    ],
    { room },
  )
  const details = evaluationDetails(test, room)
  return details === '' ? facts : `${facts}\n\n${details}`
}

/** The confusion matrix, or what takes the place of one; '' where there is none. */
export function evaluationDetails(test: Evaluation | null, room: number): string {
  return test?.majorityAccuracy === undefined ? '' : detailsOf(test, room)
}

export function testText(test: Evaluation | null): string {
  if (test === null) return 'nothing was held back'
  const { loss, accuracy, f1, meanAbsoluteError, rows } = test
  return [
    `loss ${figure(loss)}`,
    `accuracy ${percent(accuracy)}`,
    f1 === null ? `mean absolute error ${figure(meanAbsoluteError)}` : `F1 ${figure(f1)}`,
    `${grouped(rows)} rows`,
  ].join('  ')
}

function detailsOf(test: Detailed, room: number): string {
  const paragraphs = (lines: readonly string[]): string =>
    lines.map((line) => hanging('', line, room)).join('\n')
  if (test.perClass === null) return paragraphs(forecastLines(test))
  const named = {
    ...test,
    perClass: test.perClass.map((score) => ({ ...score, class: visible(score.class) })),
  }
  return `${classTable(named, room)}\n\n${paragraphs(classLines(named))}`
}

function classTable({ perClass, confusion }: Classification, room: number): string {
  const right = (head: string): Column => ({ head, align: 'right' })
  const scores = [right('recall'), right('precision')]
  const scoresOf = ({ recall, precision }: ClassScore): string[] => [
    percent(recall),
    percent(precision),
  ]
  const caption = 'Test rows by actual class (down) and predicted class (across):'
  const matrix = table(
    [{ head: '' }, ...perClass.map((score) => right(score.class)), ...scores],
    perClass.map((score, c) => [score.class, ...confusion[c]!.map(grouped), ...scoresOf(score)]),
  )
  if (matrix.split('\n').every((line) => line.length <= room))
    return `${hanging('', caption, room)}\n${matrix}`
  return table(
    [{ head: '' }, { ...right('actual'), gone: 1 }, { ...right('predicted'), gone: 2 }, ...scores],
    perClass.map((score) => [
      score.class,
      grouped(score.support),
      grouped(score.predicted),
      ...scoresOf(score),
    ]),
    room,
  )
}

function classLines(test: Classification): string[] {
  const occurring = test.perClass.filter(({ support }) => support > 0)
  const majority = occurring.reduce((most, score) => (score.support > most.support ? score : most))
  return [
    `Balanced accuracy ${percent(test.balancedAccuracy)}. Always predicting ${majority.class} would have an accuracy of ${percent(test.majorityAccuracy)}, balanced ${percent(1 / occurring.length)}.`,
    ...classHints(test, occurring, `always predicting ${majority.class}`),
  ]
}

function classHints(
  { accuracy, majorityAccuracy, balancedAccuracy, perClass }: Classification,
  occurring: readonly ClassScore[],
  constant: string,
): string[] {
  const predicted = perClass.filter((score) => score.predicted > 0)
  if (predicted.length === 1) return [`! It always predicts ${predicted[0]!.class}.`]
  const never = occurring.filter((score) => score.predicted === 0).map((score) => score.class)
  const hints = never.length > 0 ? [`! It never predicts ${never.join(' or ')}.`] : []
  if (accuracy > majorityAccuracy) return hints
  const isBalanced = balancedAccuracy > 1 / occurring.length
  return [
    ...hints,
    isBalanced
      ? `! By accuracy it is no better than ${constant}; by balanced accuracy it is.`
      : `! It is no better than ${constant}.`,
  ]
}

function forecastLines(test: Regression): string[] {
  const { accuracy, majorityAccuracy, r2AgainstZero, informationCoefficient } = test
  const hints: [boolean, string][] = [
    [
      informationCoefficient === null,
      'All its forecasts are equal, or all outcomes: there is no information coefficient.',
    ],
    [
      accuracy <= majorityAccuracy,
      'Its signs are right no more often than if they were always the same.',
    ],
    [
      r2AgainstZero !== null && r2AgainstZero <= 0,
      'Its errors are no smaller than those of always forecasting 0.',
    ],
  ]
  return [
    `Information coefficient ${figure(informationCoefficient)}, by ranks ${figure(test.rankInformationCoefficient)}. Root mean square error ${figure(test.rootMeanSquareError)}. Always the same sign would be right in ${percent(majorityAccuracy)}.`,
    ...hints.flatMap(([applies, hint]) => (applies ? [`! ${hint}`] : [])),
  ]
}
