import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { findDataFiles, type DataFileRequest } from '../../../src/data/find-data-files.ts'
import { tempDirectory } from '../../support/csv-files.ts'

function directoryWith(...names: string[]): string {
  const directory = tempDirectory()
  for (const name of names) writeFileSync(join(directory, name), '')
  return directory
}

const unnamed = (path: string): DataFileRequest => ({ path, symbol: null })
const named = (symbol: string, path: string): DataFileRequest => ({ path, symbol })

function refusal(...given: Parameters<typeof findDataFiles>): KtrdrError {
  try {
    findDataFiles(...given)
  } catch (error) {
    if (error instanceof KtrdrError) return error
    throw error
  }
  throw new Error('expected a refusal')
}

describe('findDataFiles', () => {
  it('gives a file without a name to the only symbol', () => {
    expect(findDataFiles([unnamed('/x/a.csv')], ['AAPL'])).toEqual([named('AAPL', '/x/a.csv')])
  })

  it('gives each symbol its files, several of them too, symbol by symbol', () => {
    const files = [named('B', '/b.csv'), named('A', '/a-1h.csv'), named('A', '/a-1d.csv')]
    expect(findDataFiles(files, ['A', 'B'])).toEqual([files[1], files[2], files[0]])
  })

  it('gives a file once, though its directory is named too', () => {
    const directory = directoryWith('A_1h.csv')
    const file = named('A', join(directory, 'A_1h.csv'))
    expect(findDataFiles([unnamed(directory), file], ['A'])).toEqual([file])
  })

  it('keeps what else a request holds', () => {
    const used = { firstMs: 1, lastMs: 2 }
    expect(findDataFiles([{ path: '/a.csv', symbol: null, used }], ['A'])).toEqual([
      { path: '/a.csv', symbol: 'A', used },
    ])
  })

  it('finds all files of the symbols in a directory by their names, shortest timeframe first', () => {
    const directory = directoryWith(
      'EURUSD_1d.csv.gz',
      'EURUSD_1h.parquet',
      'EURUSD_5m.CSV',
      'EURUSD_2h.csv',
      'EURUSD.csv',
      'EURUSD_1h.txt',
      'XEURUSD_1h.csv',
      'BRK_B_1d.csv',
      'B_1d.csv',
    )
    const found = findDataFiles([unnamed(directory)], ['EURUSD', 'BRK_B'])
    expect(found).toEqual([
      named('EURUSD', join(directory, 'EURUSD_5m.CSV')),
      named('EURUSD', join(directory, 'EURUSD_1h.parquet')),
      named('EURUSD', join(directory, 'EURUSD_1d.csv.gz')),
      named('BRK_B', join(directory, 'BRK_B_1d.csv')),
    ])
  })

  it('takes only what the timeframes are made of, when it knows them', () => {
    const directory = directoryWith('A_1m.csv', 'A_1h.csv', 'A_4h.csv', 'A_1w.csv', 'B_1w.csv')
    const names = (symbol: string, ...timeframes: Parameters<typeof findDataFiles>[2] & {}) =>
      findDataFiles([unnamed(directory)], [symbol], timeframes).map(({ path }) =>
        path.slice(directory.length + 1),
      )
    expect(names('A', '1h', '1d')).toEqual(['A_1h.csv', 'A_4h.csv'])
    expect(names('A', '30m')).toEqual(['A_1m.csv'])
    expect(names('A', '1w')).toEqual(['A_1w.csv'])
    expect(names('B', '1h'), 'so that what is wrong with it is said').toEqual(['B_1w.csv'])
  })

  it('finds names in other letters, but not a month for a minute', () => {
    const directory = directoryWith('aapl_1D.csv', 'aapl_1M.csv', 'Msft_1h.csv', 'MSFT_1h.csv')
    expect(findDataFiles([unnamed(directory)], ['AAPL', 'MSFT'])).toEqual([
      named('AAPL', join(directory, 'aapl_1D.csv')),
      named('MSFT', join(directory, 'MSFT_1h.csv')),
    ])
  })

  it('takes a directory for one symbol, beside files of others', () => {
    const directory = directoryWith('A_1d.csv', 'B_1d.csv')
    const requests = [named('A', directory), named('B', '/elsewhere.csv')]
    expect(findDataFiles(requests, ['A', 'B'])).toEqual([
      named('A', join(directory, 'A_1d.csv')),
      named('B', '/elsewhere.csv'),
    ])
  })

  it('lets what reads a file say that it is not there', () => {
    expect(findDataFiles([unnamed('/nowhere/a.csv')], ['A'])).toHaveLength(1)
  })
})

describe('findDataFiles refuses', () => {
  it.each<[string, readonly DataFileRequest[], readonly string[], string, string]>([
    ['nothing', [], ['A'], 'There are no bars of A to work on.', '--data FILE.csv'],
    [
      'nothing for several symbols',
      [],
      ['A', 'B'],
      'There are no bars of A, B to work on.',
      '--data A=FILE.csv --data B=FILE.csv',
    ],
    [
      'a file of another symbol',
      [named('B', '/b.csv')],
      ['A'],
      'The strategy is for A, the data for B.',
      '--data A=/b.csv',
    ],
    [
      'a file that does not say which symbol it is for',
      [named('A', '/a.csv'), unnamed('/b.csv')],
      ['A', 'B'],
      'The strategy is for A, B; /b.csv does not say which of them it is for.',
      '--data B=/b.csv',
    ],
    [
      'the nearest name that lacks a file',
      [named('SP500', '/a.csv'), named('SYNTJ', '/b.csv')],
      ['SP500', 'GOLD', 'SYNTH'],
      'The strategy is for SP500, GOLD, SYNTH, the data for SYNTJ.',
      '--data SYNTH=/b.csv',
    ],
    [
      'one file for two symbols',
      [named('A', '/a.csv'), named('B', '/a.csv')],
      ['A', 'B'],
      '/a.csv is given for A and for B.',
      '--data B=FILE.csv',
    ],
    [
      'a file with a space in its path, which it quotes',
      [named('B', '/my data/b.csv')],
      ['A'],
      'The strategy is for A, the data for B.',
      "--data 'A=/my data/b.csv'",
    ],
    [
      'a symbol without a file',
      [named('A', '/a.csv')],
      ['A', 'B'],
      'There is no data for B.',
      '--data B=FILE.csv',
    ],
  ])('%s', (_, requests, symbols, message, suggestion) => {
    const error = refusal(requests, symbols)
    expect([error.code, error.message, error.suggestions[0]]).toEqual([
      'USAGE',
      message,
      suggestion,
    ])
  })

  it('as many files as symbols, and takes them in their order', () => {
    const error = refusal([unnamed('/b.csv'), unnamed('/a.csv')], ['B', 'A'])
    expect(error.suggestions).toEqual(['--data B=/b.csv', '--data A=/a.csv'])
  })

  it('a directory without the symbol, with what was looked for and what is near', () => {
    const directory = directoryWith('EURUSD_1h.csv', 'readme.md', 'EURUSX.csv', 'GOLD_1d.parquet')
    mkdirSync(join(directory, 'more'))
    const error = refusal([unnamed(directory)], ['EURUSDX'])
    expect([error.code, error.exitCode]).toEqual(['FILE_NOT_FOUND', 4])
    expect(error.message).toBe(
      `There are no bars of EURUSDX in ${directory}: no EURUSDX_TIMEFRAME.csv, .csv.gz or .parquet with a timeframe of 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w.`,
    )
    expect(error.suggestions).toEqual(
      ['EURUSD_1h.csv', 'EURUSX.csv', 'GOLD_1d.parquet'].map(
        (name) => `--data EURUSDX=${join(directory, name)}`,
      ),
    )
  })
})
