// How a page is held against what the program says, and what of a page is typed: the pages themselves are tested by
// test/cli/pages.test.ts, which is worth as much as this.

import { describe, expect, it } from 'vitest'
import { whatIsMissing, type Names } from '../../support/shown.ts'
import { typedIn } from '../../support/typed.ts'

const [A, B, C] = ['aaaaaa', 'bbbbbb', 'cccccc'].map(
  (tail) => `op_training_20260101_000000_${tail}`,
)

const missing = (shown: string, said: string, names: Names = new Map()): string =>
  whatIsMissing(shown.split('\n'), said, names, new Set(['cccccc']))

describe('what is shown', () => {
  it.each([
    ['the same', 'Epochs   60\nLoss 0.8', 'Epochs 60\nLoss 0.8\n'],
    ['other line ends', 'a long line that\n  was wrapped', 'a long line that was wrapped'],
    ['a part, where it says so', '…\nb\n…\nd', 'a\nb\nc\nd'],
    ['nothing', '', 'whatever'],
    [
      'another age, size and time',
      '2026-01-01 10:00:00 UTC 1s 5 kB',
      '2027-02-02 11:11:11 UTC 9s 6.1 kB',
    ],
    ['progress of another moment', 'a\nepoch 3/60  ▓▓░  4%\nb', 'a\nb'],
    ['the end of another id', 'ktrdr report xyz123', 'ktrdr report cccccc'],
  ])('may be %s', (_, shown, said) => expect(missing(shown, said)).toBe(''))

  it.each([
    ['another figure', 'Epochs 60', 'Epochs 61'],
    ['less than is said at the end', 'a', 'a\nb'],
    ['less than is said at the beginning', 'b', 'a\nb'],
    ['more than is said', 'a\nb', 'a'],
    ['in another order', '…\nb\n…\na\n…', 'a b'],
    ['a word that is no end of an id', 'ktrdr report xyz123', 'ktrdr report dddddd'],
    ['the time of a bar', '2017-01-04T00:00:00.000Z', '2017-01-05T00:00:00.000Z'],
  ])('may not be %s', (_, shown, said) => expect(missing(shown, said)).not.toBe(''))

  it('calls one id by one name, and no other by it', () => {
    const names: Names = new Map()
    expect(missing(`${A} failed`, `${C} failed`, names)).toBe('')
    expect(names.get(A!)).toBe(C)
    expect(missing(`resume ${A}`, `resume ${C}`, names)).toBe('')
    expect(missing(`resume ${A}`, `resume ${B}`, names), 'another one').not.toBe('')
    expect(missing(`resume ${B}`, `resume ${C}`, names), 'another name').not.toBe('')
  })
})

describe('what is typed', () => {
  const commandsOf = (page: string): string[] => typedIn(page).map(({ command }) => command)

  it('is every line of a session, with what is shown below it', () => {
    const exit = typedIn('docs/user-guides/scripting.md').find(
      ({ command }) => command === 'echo $?',
    )
    expect(exit?.shown).toEqual(['4'])
  })

  it('is a script as a whole, a line of a list, and what is indented', () => {
    expect(
      commandsOf('docs/user-guides/scripting.md').filter((text) => text.startsWith('#!')),
    ).toHaveLength(2)
    expect(commandsOf('docs/getting-started.md')).toContain('npm ci')
    expect(commandsOf('README.md')).toContain(
      'npx ktrdr validate dips --data examples/data/sp500-1d.csv',
    )
  })

  it('is not what a demonstration types by itself', () => {
    expect(commandsOf('README.md').filter((text) => text.includes('KTRDR_FAULT'))).toEqual([])
  })
})
