import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { formatProblem, parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { migrateV2, type Migration } from '../../../src/strategy/migrate-v2.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'strategies-v2')
const FILES = readdirSync(FIXTURES)

/** Indicators that no fuzzy set judges. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  'many-of-one-name.yaml': [
    '11:3 indicators.rsi_21',
    '15:3 indicators.adx_14',
    '20:3 indicators.obv',
  ],
}

function migrated(text: string, stem = 'old', name?: string): Migration {
  const options = name === undefined ? { stem } : { stem, name }
  const migration = migrateV2(text, `${stem}.yaml`, options)
  if (migration === undefined) throw new Error('it is version 3 already')
  return migration
}

function ofFile(file: string): Migration {
  return migrated(readFileSync(join(FIXTURES, file), 'utf8'), file.replace('.yaml', ''))
}

const linesOf = ({ changes }: Migration): string[] =>
  changes.map(({ kind, what, why }) => `${kind} ${what}${why === undefined ? '' : ` (${why})`}`)

/** A small strategy of version 2 with parts put in its place. */
function old(parts: Readonly<Record<string, unknown>> = {}): string {
  return stringify({
    name: 'old',
    version: '2.0',
    scope: 'universal',
    training_data: {
      symbols: { mode: 'single', symbol: 'EURUSD' },
      timeframes: { mode: 'single', timeframe: '1h' },
    },
    indicators: [{ name: 'rsi', feature_id: 'rsi_14', period: 14 }],
    fuzzy_sets: { rsi_14: { low: [0, 20, 40], high: [60, 80, 100] } },
    model: { type: 'mlp', architecture: { hidden_layers: [8] } },
    decisions: { output_format: 'classification' },
    training: { labels: { source: 'zigzag' } },
    ...parts,
  })
}

describe('a file of an older version', () => {
  it.each(FILES)('%s becomes one that loads, warned only of what it never used', (file) => {
    const { text, name } = ofFile(file)
    const unused = UNUSED[file] ?? []
    expect(parseStrategy(text, `${name}.yaml`).warnings.map(formatProblem)).toEqual(
      unused.map(
        (place) => `${name}.yaml:${place}: is not used by any input, so it is not computed`,
      ),
    )
  })

  it.each(FILES)('%s keeps the number of its fuzzy sets, each of them an input', (file) => {
    const { text, counts } = ofFile(file)
    const [before, after] = counts.fuzzySets
    expect(after).toBe(before)
    expect(parse(text).nn_inputs.map((input: { fuzzy_set: string }) => input.fuzzy_set)).toEqual(
      Object.keys(parse(text).fuzzy_sets),
    )
  })

  it.each(FILES)('%s is version 3 once it has been migrated', (file) => {
    expect(migrateV2(ofFile(file).text, file, { stem: 'any' })).toBeUndefined()
  })

  it('keeps comments, the order of keys, and how lists are written', () => {
    expect(ofFile('dips.yaml').text.split('\n').slice(0, 33)).toEqual([
      '# Buys dips. Kept from the days of version 2.',
      '# Hypothesis: Dips inside a trend are bought by those who missed it.',
      'name: dips',
      'description: "Dips of one symbol, by RSI and MACD"',
      'version: "3.0"',
      '',
      '# --- what it learns from ---',
      'training_data:',
      '  symbols:',
      '    mode: single',
      '    symbol: EURUSD # the most liquid pair',
      '  timeframes:',
      '    mode: single',
      '    timeframe: 1h',
      '  history_required: 200',
      '',
      'indicators:',
      '  # how far it has fallen',
      '  rsi_14:',
      '    type: rsi',
      "    period: 14 # Wilder's",
      '    source: close',
      '',
      '  # which way it goes',
      '  macd_fast:',
      '    type: macd',
      '    fast_period: 8',
      '    slow_period: 21',
      '    signal_period: 5',
      '',
      'fuzzy_sets:',
      '  rsi_14:',
      '    indicator: rsi_14',
    ])
  })

  it.each([
    [
      '{ a: [1, 2] }',
      '{ low: [0, 20, "[ x ]"] }',
      'nn_inputs:\n  - { fuzzy_set: rsi_14, timeframes: all }',
    ],
    [
      '{a: [1, 2]}',
      '{low: [0, 20, "[ x ]"]}',
      'nn_inputs:\n  - {fuzzy_set: rsi_14, timeframes: all}',
    ],
    [
      '{ a: [ 1, 2 ] }',
      '{ low: [ 0, 20, "[ x ]" ] }',
      'nn_inputs:\n  - { fuzzy_set: rsi_14, timeframes: all }',
    ],
  ])('that writes %s goes on to do so', (_, set, inputs) => {
    const { text } = migrated(`# [ 1 ] stays\nindicators: []\nfuzzy_sets:\n  rsi_14: ${set}\n`)
    expect(text).toContain(set.replace(/(\{ ?)/, '$1indicator: rsi_14, '))
    expect(text).toContain(inputs)
    expect(text).toContain('# [ 1 ] stays')
  })

  it('trains with what model.training said', () => {
    const { strategy } = parseStrategy(ofFile('dips.yaml').text, 'dips.yaml')
    expect(strategy.training).toMatchObject({ epochs: 50, batchSize: 64 })
    const { training, model } = parse(ofFile('dips.yaml').text)
    expect(training).toEqual({
      labels: { source: 'zigzag', zigzag_threshold: 0.02 },
      data_split: { train: 0.6, validation: 0.2, test: 0.2 },
      learning_rate: 0.002,
      batch_size: 64,
      epochs: 50,
      optimizer: 'adamw',
      weight_decay: 0.01,
      early_stopping: { monitor: 'val_accuracy', patience: 8, min_delta: 0.002 },
    })
    expect(Object.keys(model)).toEqual(['type', 'architecture'])
  })

  it('is told line by line', () => {
    expect(linesOf(ofFile('dips.yaml'))).toEqual(
      expect.arrayContaining([
        'changed version: "2.0" → "3.0"',
        'renamed indicators.macd_fast.slow → slow_period',
        'renamed the membership fuzzy_sets.rsi_14.overbought: trapezoid → trapezoidal',
        'moved model.training.epochs: 50 → training.epochs',
        'dropped scope: "symbol_specific" (it belongs to version 2)',
        'dropped training.labels.label_lookahead: 20 (it never had an effect)',
      ]),
    )
  })

  it('is told of everything that nothing reads any more', () => {
    expect(linesOf(ofFile('many-of-one-name.yaml'))).toEqual(
      expect.arrayContaining([
        'dropped indicators.macd_12_26_9.period: 12 (macd has no such parameter, and upstream never read it)',
        'dropped indicators.stochastic_14_3_3.period: 14 (stochastic has no such parameter, and upstream never read it)',
        'dropped indicators.adx_21.source: "close" (adx has no such parameter, and upstream never read it)',
        'renamed indicators.squeeze_intensity_30.period → bb_period and kc_period',
        'renamed indicators.bbands_20_2_0.std_dev → multiplier',
        'dropped training.early_stopping.enabled: true (the section alone says so)',
        'dropped model.training.analytics: a mapping (every epoch is recorded)',
        'dropped training_data.date_range: a mapping (--start and --end decide)',
        'dropped training.date_range: a mapping (version 3 has no such key)',
      ]),
    )
  })

  it('says which of what is gone it had acted on', () => {
    const losses = ({ changes }: Migration) =>
      changes.filter(({ isLoss }) => isLoss).map(({ what }) => what.split(':')[0])
    expect(losses(ofFile('dips.yaml'))).toEqual(['model.features.lookback_periods'])
    expect(losses(ofFile('without-ids.yaml'))).toEqual([
      'fuzzy_sets.BollingerBands.input_transform',
    ])
    expect(losses(ofFile('odd.yaml'))).toEqual(['indicators[3]'])
    expect(losses(ofFile('many-of-one-name.yaml'))).toEqual(['model.features.lookback_periods'])
  })
})

describe('version 1', () => {
  it('had its data in one flat section', () => {
    const migration = ofFile('flat.yaml')
    expect(migration.from).toBe(1)
    expect(parse(migration.text).training_data).toEqual({
      symbols: { mode: 'single', symbol: 'AAPL' },
      timeframes: { mode: 'single', timeframe: '1d' },
      history_required: 100,
    })
  })

  it('had hyper-parameters by other names, and they win over those that nothing read', () => {
    const { training, model } = parse(ofFile('flat.yaml').text)
    expect(training).toMatchObject({
      epochs: 25,
      learning_rate: 0.003,
      loss: 'cross_entropy',
      early_stopping: { patience: 5 },
      labels: { source: 'zigzag' },
    })
    expect(model.architecture.dropout).toBe(0.3)
    expect(linesOf(ofFile('flat.yaml'))).toContain(
      'moved model.training.epochs: 25 → training.epochs (instead of 100, which version 2 did not read)',
    )
  })
})

describe('symbols and timeframes', () => {
  const sections = (symbols: unknown, timeframes: unknown) =>
    parse(migrated(old({ training_data: { symbols, timeframes } })).text).training_data

  it.each([
    [
      { mode: 'multi_symbol', list: ['A', 'B'] },
      { mode: 'multi_symbol', list: ['A', 'B'] },
    ],
    [['A', 'B'], { mode: 'multi_symbol', list: ['A', 'B'] }],
    [{ list: ['A', 'B'] }, { mode: 'multi_symbol', list: ['A', 'B'] }],
    [
      { mode: 'multi_symbol', list: ['A'] },
      { mode: 'single', symbol: 'A' },
    ],
    [
      { mode: 'single', list: ['A'] },
      { mode: 'single', symbol: 'A' },
    ],
    ['A', { mode: 'single', symbol: 'A' }],
  ])('%j become %j', (symbols, expected) => {
    expect(sections(symbols, { mode: 'single', timeframe: '1h' }).symbols).toEqual(expected)
  })

  it.each([
    [
      { mode: 'multi_timeframe', list: ['1h', '1d'], base_timeframe: '1h' },
      { mode: 'multi_timeframe', list: ['1h', '1d'], base_timeframe: '1h' },
    ],
    [
      { mode: 'multi_timeframe', list: ['1h'], base_timeframe: '1h' },
      { mode: 'single', timeframe: '1h' },
    ],
    [['5m', '1h'], { mode: 'multi_timeframe', list: ['5m', '1h'] }],
  ])('%j become %j', (timeframes, expected) => {
    expect(sections({ mode: 'single', symbol: 'A' }, timeframes).timeframes).toEqual(expected)
  })
})

describe('indicators', () => {
  it('without a feature_id are called as their fuzzy sets call them', () => {
    expect(parse(ofFile('without-ids.yaml').text).indicators).toEqual({
      rsi_14: { type: 'rsi', period: 14, source: 'close' },
      rsi_7: { type: 'rsi', period: 7 },
      stochastic_14_3_3: { type: 'stochastic', k_period: 14, d_period: 3 },
      williamsr: { type: 'williamsR', period: 10 },
      BollingerBands: { type: 'BollingerBands', period: 20, multiplier: 2.5, source: 'close' },
    })
  })

  it('of one name stay apart: each has the name of its fuzzy set, or one of its own', () => {
    const { indicators, fuzzy_sets: sets } = parse(ofFile('many-of-one-name.yaml').text)
    expect(indicators).toEqual({
      rsi_14: { type: 'rsi', period: 14, source: 'close' },
      rsi_7: { type: 'rsi', period: 7, source: 'close' },
      rsi_21: { type: 'rsi', period: 21, source: 'close' },
      macd_12_26_9: { type: 'macd', fast_period: 12, slow_period: 26, signal_period: 9 },
      macd_5_13_5: { type: 'macd', fast_period: 5, slow_period: 13, signal_period: 5 },
      stochastic_14_3_3: { type: 'stochastic', k_period: 14, d_period: 3 },
      adx_14: { type: 'adx', period: 14 },
      adx_21: { type: 'adx', period: 21 },
      squeeze_intensity_30: {
        type: 'squeezeintensity',
        bb_period: 30,
        kc_period: 30,
        source: 'close',
      },
      bbands_20_2_0: { type: 'bbands', period: 20, multiplier: 2 },
      quick_mean: { type: 'ema', period: 9 },
      obv: { type: 'obv' },
    })
    for (const [id, { indicator }] of Object.entries<{ indicator: string }>(sets))
      expect(indicator, 'each set its own').toBe(id)
  })

  it('of one name and the same parameters stay apart, too', () => {
    const indicators = [
      { name: 'rsi', period: 14 },
      { name: 'RSI', period: 14, source: 'high' },
    ]
    const ids = Object.keys(parse(migrated(old({ indicators })).text).indicators)
    expect(ids).toEqual(['rsi_14', 'rsi_14_2'])
  })

  it.each([
    [{ name: 'rsi_fast', type: 'rsi' }, 'rsi_fast'],
    [{ name: 'rsi', type: 'rsi' }, 'rsi_7'],
    [{ name: 'rsi', type: 'oscillator' }, 'rsi_7'],
    [{ name: 'rsi_fast', type: 'rsi', feature_id: 'speed' }, 'speed'],
  ])('with a name and a type, %j, are called %s', (names, id) => {
    const indicators = [{ ...names, period: 7 }]
    const { text } = migrated(old({ indicators, fuzzy_sets: { [id]: { low: [0, 20, 40] } } }))
    expect(parse(text).indicators).toEqual({ [id]: { type: 'rsi', period: 7 } })
    expect(parseStrategy(text, 'old.yaml').warnings).toEqual([])
  })

  it('of a type that there is not keep their fuzzy sets, so that only the type is told', () => {
    const { text } = migrated(
      old({
        indicators: [{ name: 'kama', period: 10, fast: 2 }],
        fuzzy_sets: { kama_10_2: { low: [0, 1, 2] } },
      }),
    )
    expect(() => parseStrategy(text, 'old.yaml')).toThrow(
      /^old\.yaml:\d+:\d+ indicators\.kama_10_2\.type: unknown indicator type "kama"; [^\n]+$/,
    )
  })

  it('that a fuzzy set names and that are not there are told with their place', () => {
    const { text } = migrated(
      old({ fuzzy_sets: { rsi_14: { low: [0, 20, 40] }, atr_14: { low: [0, 1, 2] } } }),
    )
    expect(() => parseStrategy(text, 'old.yaml')).toThrow(
      /^old\.yaml:\d+:\d+ fuzzy_sets\.atr_14\.indicator: 'atr_14' not found in indicators; /,
    )
  })

  it('of one feature_id, or with a dot in it, stay apart and keep their fuzzy sets', () => {
    const { indicators, fuzzy_sets: sets } = parse(ofFile('odd.yaml').text)
    expect(indicators).toEqual({
      bands_20_2_0: { type: 'bbands', period: 20, multiplier: 2 },
      speed: { type: 'roc', period: 10 },
      speed_2: { type: 'roc', period: 60 },
    })
    expect(sets.bands_20_2_0.indicator).toBe('bands_20_2_0')
    expect(sets.Speed.indicator).toBe('speed')
    expect(ofFile('odd.yaml').counts.indicators, 'one was nothing').toEqual([4, 3])
  })

  it('lose parameters that upstream never read, and keep slips for the loader to tell', () => {
    const migration = migrated(
      old({ indicators: [{ name: 'macd', feature_id: 'rsi_14', period: 12, slow_perod: 26 }] }),
    )
    expect(parse(migration.text).indicators.rsi_14).toEqual({ type: 'macd', slow_perod: 26 })
    expect(linesOf(migration)).toContain(
      'dropped indicators.rsi_14.period: 12 (macd has no such parameter, and upstream never read it)',
    )
    expect(() => parseStrategy(migration.text, 'old.yaml')).toThrow('did you mean "slow_period"?')
  })

  it('may be a mapping already, when only the inputs are missing', () => {
    const { text } = migrated(old({ indicators: { rsi_14: { type: 'rsi', period: 14 } } }))
    expect(parse(text).nn_inputs).toEqual([{ fuzzy_set: 'rsi_14', timeframes: 'all' }])
    expect(parseStrategy(text, 'old.yaml').warnings).toEqual([])
  })
})

describe('keys that version 3 does not know', () => {
  const decisions = { output_format: 'classification', confidence_treshold: 0.6, urgency: 3 }

  it('are dropped and told, but for slips: those the loader tells', () => {
    const migration = migrated(old({ decisions, mood: { today: 'good' } }))
    expect(parse(migration.text).decisions).toEqual({
      output_format: 'classification',
      confidence_treshold: 0.6,
    })
    expect(linesOf(migration)).toEqual(
      expect.arrayContaining([
        'dropped decisions.urgency: 3 (version 3 has no such key)',
        'dropped mood: a mapping (version 3 has no such key)',
      ]),
    )
    expect(() => parseStrategy(migration.text, 'old.yaml')).toThrow(
      'did you mean "confidence_threshold"?',
    )
  })
})

describe('keys that are called otherwise in version 3', () => {
  it('are dropped with what to write instead, where they cannot be read as that', () => {
    const decisions = { output_format: 'classification', thresholds: { buy: 0.6, sell: 0.4 } }
    expect(linesOf(migrated(old({ decisions })))).toContain(
      'dropped decisions.thresholds: a mapping (write for example confidence_threshold: 0.6, which holds for BUY and for SELL alike)',
    )
    const training = { loss: 'focal', loss_function: 'mse' }
    expect(linesOf(migrated(old({ training })))).toContain(
      'dropped training.loss_function: "mse" (loss is given too)',
    )
  })
})

describe('the name', () => {
  it('is that of the new file', () => {
    const migration = migrated(old(), 'old', 'renewed')
    expect(migration.name).toBe('renewed')
    expect(linesOf(migration)).toContain('changed name: "old" → renewed (as the file is called)')
  })

  it('is made when there is none', () => {
    expect(migrated(old({ name: undefined }), 'from-file').text).toMatch(/^name: from-file\n/)
  })

  it('that cannot be one leads to no other directory', () => {
    expect(migrated(old({ name: '../../up' }), 'from-file').name).toBe('from-file')
  })

  it('of a file may end in .v3', () => {
    expect(parseStrategy(migrated(old()).text, 'old.v3.yaml').warnings).toEqual([])
  })
})

describe('what cannot be migrated', () => {
  it.each([
    ['[1, 2]', 'holds [1, 2], which is not a strategy'],
    ['greeting: hello', 'holds a mapping, which is not a strategy'],
    ['indicators: [', 'is not valid YAML'],
    ['indicators: []\nindicators: []', 'is given twice'],
  ])('%j is refused with its place', (text, message) => {
    expect(() => migrateV2(text, 'old.yaml', { stem: 'old' })).toThrow(message)
  })
})

describe('anchors', () => {
  it('are written out', () => {
    const text = `${old()
      .replace('low:\n', 'low: &low\n')
      .replace(/high:\n( +- \d+\n)+/, 'high: *low\n')}`
    const migration = migrated(text)
    expect(migration.changes[0]).toMatchObject({ what: 'anchors are written out' })
    expect(parse(migration.text).fuzzy_sets.rsi_14.high).toEqual([0, 20, 40])
    expect(parseStrategy(migration.text, 'old.yaml').warnings).toEqual([])
  })
})

const word = fc.stringMatching(/^[a-z][a-z_]{0,8}$/)
const types = ['rsi', 'sma', 'macd', 'stochastic', 'atr', 'williamsr'] as const
const indicatorList = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...types), feature_id: word }),
  { minLength: 1, maxLength: 6, selector: ({ feature_id: id }) => id },
)

describe('any list of indicators', () => {
  it('keeps its number and its order, and each fuzzy set its indicator', () => {
    fc.assert(
      fc.property(indicatorList, (indicators) => {
        const sets = indicators.map(({ feature_id: id }) => [id, { low: [0, 20, 40] }] as const)
        const migration = migrated(old({ indicators, fuzzy_sets: Object.fromEntries(sets) }))
        const count = indicators.length
        expect(migration.counts).toEqual({
          indicators: [count, count],
          fuzzySets: [count, count],
        })
        const plain = parse(migration.text)
        expect(Object.entries(plain.indicators)).toEqual(
          indicators.map(({ name, feature_id: id }) => [id, { type: name }]),
        )
        for (const id of Object.keys(plain.fuzzy_sets))
          expect(plain.fuzzy_sets[id].indicator).toBe(id)
        expect(parseStrategy(migration.text, 'old.yaml').strategy.indicators).toHaveLength(count)
      }),
      { numRuns: 100 },
    )
  })
})

describe('any list of indicators without ids', () => {
  const unnamed = fc.array(
    fc.record({
      name: fc.constantFrom('rsi', 'sma', 'atr', 'adx'),
      period: fc.integer({ min: 2, max: 30 }),
    }),
    { minLength: 1, maxLength: 8 },
  )

  it('keeps its number, and each fuzzy set finds the one of its name and period', () => {
    fc.assert(
      fc.property(unnamed, (indicators) => {
        const sets = indicators.map(({ name, period }) => [
          `${name}_${period}`,
          { low: [0, 20, 40] },
        ])
        const { text } = migrated(old({ indicators, fuzzy_sets: Object.fromEntries(sets) }))
        const plain = parse(text)
        expect(Object.values(plain.indicators)).toEqual(
          indicators.map(({ name, period }) => ({ type: name, period })),
        )
        for (const [set, { indicator }] of Object.entries<{ indicator: string }>(
          plain.fuzzy_sets,
        )) {
          const { type, period } = plain.indicators[indicator]
          expect(`${type}_${period}`).toBe(set)
        }
        parseStrategy(text, 'old.yaml')
      }),
      { numRuns: 100 },
    )
  })
})

describe('any hyper-parameters', () => {
  const settings = fc.record(
    {
      epochs: fc.integer({ min: 1, max: 500 }),
      batch_size: fc.integer({ min: 1, max: 512 }),
      learning_rate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      optimizer: fc.constantFrom('adam', 'sgd', 'adamw', 'rmsprop'),
      gradient_clip: fc.double({ min: 0, max: 10, noNaN: true }),
      weight_decay: fc.double({ min: 0, max: 1, noNaN: true }),
    },
    { requiredKeys: [] },
  )

  it('move to where version 3 reads them, whatever stood there', () => {
    fc.assert(
      fc.property(settings, settings, (read, unread) => {
        const model = { type: 'mlp', architecture: { hidden_layers: [8] }, training: read }
        const labels = { source: 'zigzag' }
        const { text } = migrated(old({ model, training: { labels, ...unread } }))
        expect(parse(text).training).toEqual({ labels, ...unread, ...read })
        expect(parse(text).model).not.toHaveProperty('training')
      }),
      { numRuns: 100 },
    )
  })
})
