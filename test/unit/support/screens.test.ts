import { describe, expect, it } from 'vitest'
import { templateDifference } from '../../support/screens.ts'

const ID = 'op_training_20241213_143022_abc234'

describe('expected screens', () => {
  it('are the same as themselves', () => {
    expect(templateDifference('Total: 1 (a) [b] $c', 'Total: 1 (a) [b] $c')).toBe('')
  })

  it('let placeholders stand for what differs from run to run', () => {
    const template = '{{id}}  CANCELLED  {{size}}  {{age}}  {{n}}'
    const actual = `${ID}  CANCELLED       40.6 kB  2d  95 173`
    expect(templateDifference(template, actual), 'columns are as wide as what is in them').toBe('')
  })

  it.each([
    ['a letter', 'Checkpoint deleted.', 'Checkpoint deletet.'],
    ['a line too few', 'one\ntwo', 'one'],
    ['a line too many', 'one', 'one\ntwo'],
    ['an indentation', '  Epoch:  {{n}}', 'Epoch:  29'],
    ['two columns that run together', 'STATUS  AGE', 'STATUS AGE'],
    ['something else in the place', '{{id}}', 'op_training'],
    ['something behind the end', 'Freed {{size}}.', 'Freed 1 kB..'],
  ])('see %s', (_, template, actual) => {
    expect(templateDifference(template, actual)).not.toBe('')
  })

  it('demand the same text wherever the same label stands', () => {
    const template = 'Operation {{id a}}\nTo resume: ktrdr operations resume {{id a}}'
    const other = ID.replace('abc234', 'def567')
    const screen = (id: string) => `Operation ${ID}\nTo resume: ktrdr operations resume ${id}`
    expect(templateDifference(template, screen(ID))).toBe('')
    expect(templateDifference(template, screen(other)), 'another operation').not.toBe('')
  })

  it('show what was expected and what was found', () => {
    expect(templateDifference('same\nAGE {{age}}', 'same\nAGE old')).toBe(
      '    same\n  - AGE {{age}}\n  + AGE old',
    )
  })

  it('refuse a placeholder that they do not know', () => {
    expect(() => templateDifference('{{wrong}}', 'x')).toThrow('{{wrong}}')
  })
})
