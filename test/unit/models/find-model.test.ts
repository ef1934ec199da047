import { appendFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findModel, locateModel } from '../../../src/models/find-model.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { publishModel } from '../../support/temp-model.ts'
import { startOne, tempStore, type Store } from '../../support/temp-store.ts'

function started(): Store {
  const store = tempStore()
  startOne(store.db)
  return store
}

const find = ({ db, layout }: Store, text: string): string => findModel(db, layout, text).directory

describe('the name of a model', () => {
  it('is that of its strategy: the newest, or the version that is asked for', () => {
    const store = started()
    const [first, second, other] = [
      publishModel(store),
      publishModel(store, {}, 2),
      publishModel(store, { strategy: 'break-out_2' }, 3),
    ]
    expect(find(store, 'pullback')).toBe(second.directory)
    expect(find(store, 'pullback@latest')).toBe(second.directory)
    expect(find(store, 'pullback@1')).toBe(first.directory)
    expect(find(store, 'pullback@2')).toBe(second.directory)
    expect(find(store, 'break-out_2')).toBe(other.directory)
  })

  it('means the newest of all its symbols and timeframes', () => {
    const store = started()
    publishModel(store, { symbol: 'SPY' }, 1)
    const newest = publishModel(store, { symbol: 'QQQ' }, 2)
    expect(find(store, 'pullback')).toBe(newest.directory)
  })

  it('may say symbol and timeframe, which a version of several needs', () => {
    const store = started()
    const spy = publishModel(store, { symbol: 'SPY' }, 1)
    const qqq = publishModel(store, { symbol: 'QQQ' }, 2)
    const third = publishModel(store, { symbol: 'QQQ' }, 3)
    expect(find(store, 'pullback/SPY_1d')).toBe(spy.directory)
    expect(find(store, 'pullback/SPY_1d@latest')).toBe(spy.directory)
    expect(find(store, 'pullback/QQQ_1d@1')).toBe(qqq.directory)
    expect(find(store, 'pullback/QQQ_1d')).toBe(third.directory)
    expect(find(store, 'pullback@2'), 'one has it').toBe(third.directory)
    expect(() => find(store, 'pullback@1')).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: '"pullback@1" names 2 models: pullback/QQQ_1d@1, pullback/SPY_1d@1.',
        suggestions: ['pullback/QQQ_1d@1', 'pullback/SPY_1d@1'],
      }),
    )
    expect(() => find(store, 'pullback/SPY_1d@2')).toThrow(
      'pullback/SPY_1d has no version 2; it has 1.',
    )
  })

  it('may be a directory, absolute or relative, also one that no row knows', () => {
    const store = started()
    const { directory } = publishModel(store)
    const link = join(store.layout.root, 'copied')
    symlinkSync(directory, link)
    expect(find(store, link)).toBe(link)
    expect(find(store, relative('.', directory))).toBe(directory)
    expect(find(store, `./${relative('.', directory)}`)).toBe(directory)
  })
})

describe('a model among many', () => {
  it('is looked for by its name alone, and known by its directory', () => {
    const store = started()
    const names = Array.from({ length: 30 }, (_, i) => `strategy-${i}`)
    for (const strategy of names) publishModel(store, { strategy })
    const wanted = publishModel(store, { strategy: 'strategy-7', symbol: 'QQQ' })
    const asked: string[] = []
    const db = openDatabase(store.layout.database)
    onTestFinished(() => void db.close())
    const prepare = db.prepare.bind(db)
    db.prepare = ((sql: string) => (asked.push(sql), prepare(sql))) as typeof db.prepare
    expect(locateModel(db, store.layout, 'strategy-7').row?.path).toBe(wanted.path)
    expect(locateModel(db, store.layout, wanted.directory).row?.path).toBe(wanted.path)
    expect(asked.length).toBeGreaterThan(0)
    for (const sql of asked) expect(sql, 'an index knows it').toContain('kind = ? AND name = ?')
  })

  it('that is not there is told by the one that was probably meant', () => {
    const store = started()
    for (const strategy of ['pullbuck', 'pullbeck', 'zigzag']) publishModel(store, { strategy })
    expect(() => find(store, 'pullback')).toThrow('Did you mean "pullbeck"?')
  })
})

describe('the best', () => {
  const LOSSES = { lossKindOf: (text: string) => (text === '?' ? undefined : text) }
  const best = ({ db, layout }: Store, text = 'pullback@best'): string =>
    findModel(db, layout, text, LOSSES).directory
  const published = (store: Store, bestValLoss: number | null, text = 'zigzag', symbol = 'SPY') =>
    publishModel(store, { symbol }, 1, text, { bestValLoss, valLoss: null })

  it('has the lowest validation loss; of equal ones it is the newest', () => {
    const store = started()
    published(store, 0.7)
    published(store, 0.6)
    const second = published(store, 0.6)
    published(store, 0.65)
    published(store, null)
    expect(best(store)).toBe(second.directory)
    expect(best(store, 'pullback/SPY_1d@best')).toBe(second.directory)
  })

  it('is the best of those whose losses are of the kind of the newest', () => {
    const store = started()
    published(store, 0.1, 'regime')
    const other = published(store, 0.8)
    published(store, 0.9)
    published(store, 0.2, '?')
    expect(best(store)).toBe(other.directory)
  })

  it('leaves out what is damaged or gone', () => {
    const store = started()
    const whole = published(store, 0.9)
    appendFileSync(join(published(store, 0.2).directory, 'metrics.json'), ' ')
    rmSync(published(store, 0.1).directory, { recursive: true })
    expect(best(store)).toBe(whole.directory)
  })

  it('of several symbols is none, nor of what no loss was measured of', () => {
    const store = started()
    published(store, 0.9)
    published(store, null, 'zigzag', 'QQQ')
    expect(() => best(store)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        suggestions: ['pullback/QQQ_1d@best', 'pullback/SPY_1d@best'],
      }),
    )
    expect(() => best(store, 'pullback/QQQ_1d@best')).toThrow(
      expect.objectContaining({
        code: 'MODEL_NOT_FOUND',
        suggestions: ['pullback/QQQ_1d@latest'],
      }),
    )
  })
})

describe('a model that is not there', () => {
  it('is refused with exit 4, with the versions that there are', () => {
    const store = started()
    publishModel(store)
    publishModel(store)
    for (const version of ['3', '0'])
      expect(() => find(store, `pullback@${version}`)).toThrow(
        expect.objectContaining({
          code: 'MODEL_NOT_FOUND',
          exitCode: 4,
          message: `pullback has no version ${version}; it has 2, 1.`,
          suggestions: ['pullback@latest'],
        }),
      )
  })

  it('is refused with the command that would make one', () => {
    const store = started()
    expect(() => find(store, 'breakout@3')).toThrow(
      expect.objectContaining({
        code: 'MODEL_NOT_FOUND',
        message: 'There is no trained model called "breakout@3".',
        suggestions: ['ktrdr train breakout --data FILE'],
      }),
    )
  })

  it('is asked for by the name that was probably meant', () => {
    const store = started()
    publishModel(store)
    const suggestions = ['pullback']
    expect(() => find(store, 'pulback@1')).toThrow(
      expect.objectContaining({
        message: 'There is no trained model called "pulback@1". Did you mean "pullback"?',
        suggestions,
      }),
    )
    expect(() => find(store, 'pullback/SPY_1h'), 'another timeframe').toThrow(
      expect.objectContaining({ suggestions }),
    )
  })

  it.each([
    '',
    '@1',
    'pullback@',
    'pullback@-1',
    '../pullback',
    'no/such/directory',
    'pullback/SPY_1h',
  ])('"%s" names none', (text) => {
    const store = started()
    publishModel(store)
    expect(() => find(store, text)).toThrow(`There is no trained model called "${text}".`)
  })

  it('is not any directory: it has a manifest', () => {
    const store = started()
    const empty = join(store.layout.root, 'empty')
    mkdirSync(empty)
    expect(() => find(store, empty)).toThrow('no trained model')
  })
})
