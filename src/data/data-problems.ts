// The problems of one data file: the first few in words, the rest as a count, all in one DATA_INVALID.

import { KtrdrError } from '../core/errors.ts'

const SHOWN_PROBLEMS = 5
const SHOWN_CHARACTERS = 40

export type LineProblem = { readonly line: number; readonly message: string }

export type FileProblems = {
  readonly file: string
  /** The first problems, in the order of the file. */
  readonly first: LineProblem[]
  /** How many of them are kept. */
  readonly most: number
  count: number
}

export function noProblems(file: string, most = SHOWN_PROBLEMS): FileProblems {
  return { file, first: [], most, count: 0 }
}

/** @param message what is wrong, what was expected and what to do, without a full stop */
export function addProblem(problems: FileProblems, line: number, message: string): void {
  problems.count++
  if (problems.first.length < problems.most) problems.first.push({ line, message })
}

export function dataInvalid({ file, first, count }: Omit<FileProblems, 'most'>): KtrdrError {
  const lines = first
    .slice(0, SHOWN_PROBLEMS)
    .map(({ line, message }) => `${file}:${line}: ${message}.`)
  const rest = count > lines.length ? [`… and ${count - lines.length} more.`] : []
  const message =
    count === 1 ? lines[0]! : [`${file} has ${count} problems:`, ...lines, ...rest].join('\n  ')
  return new KtrdrError('DATA_INVALID', message, { details: { file, count, problems: first } })
}

export function lineInvalid(file: string, line: number, message: string): KtrdrError {
  return dataInvalid({ file, first: [{ line, message }], count: 1 })
}

/** @param message what is wrong with the file as a whole, without a full stop */
export function fileInvalid(file: string, message: string): KtrdrError {
  return new KtrdrError('DATA_INVALID', `${file}: ${message}.`, { details: { file } })
}

/** Text of a file in quotes, cut short, with control and direction characters made visible. */
export function shown(text: string): string {
  const short = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  return JSON.stringify(short).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
}
