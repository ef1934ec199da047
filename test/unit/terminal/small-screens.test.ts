import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { demoEnding } from '../../../src/terminal/demo.ts'
import { errorScreen } from '../../../src/terminal/errors.ts'
import { dryRunScreen, headlineScreen } from '../../../src/terminal/plan.ts'
import { inspectScreen } from '../../../src/terminal/data.ts'
import { computedScreen } from '../../../src/terminal/indicators.ts'
import { migrationScreen } from '../../../src/terminal/migration.ts'
import { validScreen } from '../../../src/terminal/strategy.ts'
import { sweepScreen } from '../../../src/terminal/sweep.ts'

describe('an error', () => {
  const error = new KtrdrError('OPERATION_NOT_FOUND', 'No operation is called "x".', {
    suggestions: ['ktrdr operations list', 'ktrdr demo'],
  })

  it('says what, its code, and what to type next', () => {
    expect(errorScreen(error, { verbose: false })).toBe(
      [
        'Error: No operation is called "x".',
        'Code: OPERATION_NOT_FOUND',
        'Try this: ktrdr operations list',
        '          ktrdr demo',
      ].join('\n'),
    )
  })

  it('shows no stack, unless that is asked for', () => {
    expect(errorScreen(error, { verbose: false })).not.toContain('    at ')
    expect(errorScreen(error, { verbose: true })).toContain('    at ')
  })

  it('of ours is called a bug, with its stack', () => {
    const screen = errorScreen(new TypeError('x is not a function'), { verbose: false })
    expect(screen).toContain(
      'Error: x is not a function\nCode: INVARIANT\nThis is a bug in ktrdr.\n',
    )
    expect(screen).toContain('    at ')
  })

  it('can be anything that was thrown', () => {
    expect(errorScreen('oops', { verbose: true })).toContain('Error: oops')
  })

  it('cannot steer the terminal with a name that somebody chose', () => {
    const hostile = new KtrdrError('FILE_NOT_FOUND', 'There is no file \u001B[2J.csv.', {
      suggestions: ['ktrdr validate \u202Elmay'],
    })
    expect(errorScreen(hostile, { verbose: false })).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u)
  })
})

describe('a plan', () => {
  const plan = {
    headline: [
      ['Strategy', 'pullback'],
      ['Data', 'SP500 1d'],
    ],
    warnings: ['1 gap in the bars\u0007'],
  } as const

  it('has its facts and warnings', () => {
    expect(headlineScreen(plan)).toBe(
      'Strategy  pullback\nData      SP500 1d\n! 1 gap in the bars\\u0007',
    )
  })

  it('says of a dry run that nothing was started', () => {
    expect(dryRunScreen(plan)).toBe(
      `${headlineScreen(plan)}\n\nNothing was started. Leave --dry-run away to do it.`,
    )
  })
})

describe('a valid strategy', () => {
  const report = {
    name: 'walk',
    features: ['1h_rsi_low'],
    series: [],
    warnings: ['walk.yaml:3:1: old key'],
    next: ['ktrdr train walk --data FILE'],
  }

  it('lists the features that it gives the network, and its warnings first', () => {
    expect(validScreen(report)).toBe(
      [
        '! walk.yaml:3:1: old key',
        "Strategy 'walk' is valid (v3 format).",
        'It gives the network 1 feature:',
        '  1h_rsi_low',
        'Next: ktrdr train walk --data FILE',
      ].join('\n'),
    )
  })

  it('breaks a warning at a space where the terminal ends', () => {
    const [first, second] = validScreen(report, 20).split('\n')
    expect([first, second]).toEqual(['! walk.yaml:3:1: old', '  key'])
  })

  it('says what else it looks at, and what it makes of the data', () => {
    const counts = {
      train: 2000,
      validation: 10,
      test: 20,
      purged: 5,
      incomplete: 0,
      unlabelled: 1,
    }
    expect(validScreen({ ...report, warnings: [], series: ['fred_DGS10'], slices: counts })).toBe(
      [
        "Strategy 'walk' is valid (v3 format).",
        'It gives the network 1 feature:',
        '  1h_rsi_low',
        'It looks at series beside the bars:',
        '  --data fred_DGS10=FILE',
        'Rows of these data:',
        '  train 2 000 · validation 10 · test 20',
        '  5 purged: whose label reaches into the next slice',
        '  1 unlabelled: without a label',
        'Next: ktrdr train walk --data FILE',
      ].join('\n'),
    )
  })
})

describe('a file of bars', () => {
  const file = {
    path: 'sp500.csv',
    format: 'csv',
    sizeBytes: 355_203,
    bars: 5105,
    firstBarAt: '2000-01-03T00:00:00.000Z',
    lastBarAt: '2020-04-17T00:00:00.000Z',
    timeframe: '1d',
    spacingMs: 86_400_000,
    gaps: 0,
    largestGapMs: 0,
    lowest: 666.5,
    highest: 3393.25,
    columns: {
      timestamp: 'Date',
      open: 'o',
      high: 'h',
      low: 'l',
      close: 'c',
      volume: null,
      ignored: ['adj'],
    },
  }

  it('is shown below itself where a table would lack columns', () => {
    expect(inspectScreen([file], 60).split('\n')).toEqual([
      'File       sp500.csv',
      'Format     csv',
      'Size       355.2 kB',
      'Bars       5 105',
      'Timeframe  1d',
      'First      2000-01-03',
      'Last       2020-04-17',
      'Gaps       none',
      'Prices     666.5 … 3393.25',
      'Columns    Date o h l c -, not used: adj',
    ])
  })

  it('is a line of a table where there is room, or where there are several', () => {
    expect(inspectScreen([file], Infinity)).toContain('not used: adj')
    expect(inspectScreen([file], Infinity).split('\n')).toHaveLength(2)
    expect(inspectScreen([file, file], 60).split('\n')).toHaveLength(3)
  })
})

describe('a migration', () => {
  it('goes on below itself where a change does not fit', () => {
    const report = {
      path: 'old.yaml',
      from: 2,
      out: null,
      written: false,
      text: null,
      changes: [
        {
          kind: 'dropped',
          what: 'model.features',
          why: 'nn_inputs says it',
          isLoss: true as const,
        },
      ],
      counts: { indicators: [1, 1] as const, fuzzySets: [2, 2] as const },
      warnings: [],
      problems: [],
    }
    expect(migrationScreen(report, false, 40).split('\n').slice(1, 3)).toEqual([
      '! dropped  model.features (nn_inputs',
      '           says it)',
    ])
  })
})

describe('values of indicators', () => {
  const columns = ['macd.line', 'macd.signal', 'macd.histogram'].map((name) => ({ name, empty: 0 }))
  const report = {
    data: 'bars.csv',
    rows: 2,
    first: '2020-04-16',
    last: '2020-04-17',
    out: null,
    columns,
    tail: [
      { timestamp: '2020-04-16', values: [1.25, -2, null] },
      { timestamp: '2020-04-17', values: [1.5, -2.5, 0.125] },
    ],
    warnings: [],
  }

  it('are one table where there is room', () => {
    expect(computedScreen(report, 51).split('\n')).toEqual([
      'timestamp   macd.line  macd.signal  macd.histogram',
      '2020-04-16       1.25           -2              --',
      '2020-04-17        1.5         -2.5           0.125',
      '',
      'The last of 2 rows, 2020-04-16 … 2020-04-17',
    ])
  })

  it('go on below where there is not, and none is left out', () => {
    expect(computedScreen(report, 49).split('\n')).toEqual([
      'timestamp   macd.line  macd.signal',
      '2020-04-16       1.25           -2',
      '2020-04-17        1.5         -2.5',
      '',
      'timestamp   macd.histogram',
      '2020-04-16              --',
      '2020-04-17           0.125',
      '',
      'The last of 2 rows, 2020-04-16 … 2020-04-17',
    ])
    for (const { name } of columns) expect(computedScreen(report, 1)).toContain(name)
  })
})

describe('a sweep', () => {
  const result = {
    removed: [{ path: 'packs/op_x/.tmp-1', reason: 'crashed write', sizeBytes: 12_000_000 }],
    inUse: ['packs/op_y/1-1.safetensors'],
    unknown: [],
    compacted: [],
    bytesFreed: 12_000_000,
  }

  it('says what is gone, why, and how much that was', () => {
    expect(sweepScreen(result, false).split('\n')).toEqual([
      'REMOVED            WHY             SIZE',
      'packs/op_x/.tmp-1  crashed write  12 MB',
      '',
      'Freed 12 MB.',
      'Left alone: 1 file of running operations.',
    ])
  })

  it('says which packs it has written anew', () => {
    const compacted = [{ operationId: 'op_x', bytesFreed: 2_000_000 }]
    expect(
      sweepScreen({ ...result, removed: [], inUse: [], compacted }, false).split('\n'),
    ).toEqual([
      'REMOVED  WHY                      SIZE',
      'op_x     unneeded parts of packs  2 MB',
      '',
      'Freed 12 MB.',
    ])
  })

  it('names what it does not know', () => {
    const screen = sweepScreen({ ...result, inUse: [], unknown: ['packs/op_z/1-1', 'b'] }, false)
    expect(screen).toMatch(
      /^Left alone: 2 files of operations that this database does not know\.$/m,
    )
  })

  it('says of a dry run what would be', () => {
    const screen = sweepScreen(result, true)
    expect(screen).toMatch(/^WOULD REMOVE/)
    expect(screen).toContain('Would free 12 MB. Run again without --dry-run to do it.')
  })

  it('says that there is nothing', () => {
    const nothing = { removed: [], inUse: [], unknown: [], compacted: [], bytesFreed: 0 }
    expect(sweepScreen(nothing, false)).toBe('Nothing to remove.')
  })
})

describe('the end of the demo', () => {
  it('gives lines that can be pasted into a shell, short enough for 100 columns', () => {
    const ending = demoEnding({ directory: '/tmp/ktrdr-demo-AbCdEf', name: 'npx ktrdr' })
    const commands = ending.split('\n').filter((line) => line.startsWith('  '))
    expect(commands[0]).toBe('  DEMO=/tmp/ktrdr-demo-AbCdEf; export KTRDR_DATA_DIR=$DEMO/data')
    for (const line of commands.slice(1)) expect(line).toMatch(/^ {2}npx ktrdr [a-z]+ /)
    for (const line of commands) expect(line.length).toBeLessThanOrEqual(100)
  })
})
