import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { parsePipeline } from '../../../src/pipeline/load-pipeline.ts'

const FILE = '/somewhere/sample.yaml'

function linesOf(text: string): string[] {
  try {
    parsePipeline(text, FILE)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(KtrdrError)
    expect(error).toMatchObject({ code: 'PIPELINE_INVALID', exitCode: 7 })
    return (error as Error).message.split('\n').map((line) => line.replace(`${FILE}:`, ''))
  }
}

/** A file around these phases. */
const around = (phases: string): string => `name: sample\nphases:\n${phases}`

const TRAIN = '  train: {kind: train, strategy: s.yaml, data: d.csv}\n'

describe('a pipeline', () => {
  it('has its phases in the order of what they need, and of the file', () => {
    const { phases, name, file } = parsePipeline(
      around(
        [
          "  page: {kind: report, operation: '${test.operation}', out: p.html}",
          "  test: {kind: backtest, model: '${train.model}', data: d.csv, needs: [check]}",
          '  train: {kind: train, strategy: s.yaml, data: d.csv}',
          '  check: {kind: command, run: [true]}'.replace('true', "'true'"),
        ].join('\n'),
      ),
      FILE,
    )
    expect([name, file]).toEqual(['sample', FILE])
    expect(phases.map((phase) => [phase.name, phase.needs])).toEqual([
      ['train', []],
      ['check', []],
      ['test', ['train', 'check']],
      ['page', ['test']],
    ])
  })

  it('keeps for a day, ten checkpoints, five minutes apart, unless it or a phase says otherwise', () => {
    const of = (text: string) =>
      parsePipeline(text, FILE).phases.map((phase) => [
        phase.ttlMs,
        phase.maxCheckpoints,
        phase.saveIntervalMs,
      ])
    expect(of(around(TRAIN)), 'document 003, configuration').toEqual([[86_400_000, 10, 300_000]])
    const own =
      '  t2: {kind: train, strategy: s.yaml, data: d.csv, ttl: none, save_interval_seconds: 0}\n'
    expect(of(`ttl: 2d\nmax_checkpoints: 20\n${around(TRAIN + own)}`)).toEqual([
      [172_800_000, 20, 300_000],
      [null, 20, 0],
    ])
  })
})

type Broken = { readonly what: string; readonly text: string; readonly lines: readonly string[] }

const BROKEN: readonly Broken[] = [
  {
    what: 'an empty file',
    text: '',
    lines: ['1:1: is empty; examples/pipelines has one to begin with'],
  },
  {
    what: 'a list',
    text: '- 1',
    lines: ['1:1: holds [1], not a mapping; examples/pipelines has one to begin with'],
  },
  {
    what: 'a second document',
    text: `${around(TRAIN)}---\nname: b\n`,
    lines: ['4:1: begins a second document: a file holds one pipeline'],
  },
  {
    what: 'a name that is none, and no phases',
    text: 'name: a b\n',
    lines: [
      '1:1 phases: is missing; it takes a mapping with at least one phase',
      '1:7 name: expected a name of letters, digits, _ and -, was "a b"; write for example name: pullback',
    ],
  },
  {
    what: 'phases that are none',
    text: 'name: a\nphases: {}\n',
    lines: ['2:9 phases: expected a mapping with at least one phase, was a mapping'],
  },
  {
    what: 'a misspelt key at the top',
    text: `name: a\nfases:\n${TRAIN}`,
    lines: ['2:1 fases: is not a key here; did you mean "phases"?'],
  },
  {
    what: 'a duration that is none',
    text: `ttl: soon\n${around(TRAIN)}`,
    lines: ['1:6 ttl: expected a duration such as 24h, or none, was "soon"; write for example 24h'],
  },
  {
    what: 'a phase without a kind',
    text: around('  a: {strategy: s.yaml}\n'),
    lines: [
      '3:3 phases.a.kind: is missing; it takes one of prepare, train, backtest, report, task or command',
    ],
  },
  {
    what: 'a misspelt kind',
    text: around('  a: {kind: trian}\n'),
    lines: [
      '3:13 phases.a.kind: expected one of prepare, train, backtest, report, task or command, was "trian"; did you mean "train"?',
    ],
  },
  {
    what: 'a misspelt "kind"',
    text: around('  a: {kimd: train}\n'),
    lines: ['3:7 phases.a.kimd: is not a key here; did you mean "kind"?'],
  },
  {
    what: 'a phase that is no mapping',
    text: around('  a: train\n'),
    lines: [
      '3:6 phases.a: expected a mapping, was "train"; write for example {kind: train, strategy: pullback.yaml}',
    ],
  },
  {
    what: 'a preparation of an unknown kind',
    text: around('  a: {kind: prepare, action: convrt, out: x.csv}\n'),
    lines: [
      '3:30 phases.a.action: expected one of convert, resample, synth or features, was "convrt"; did you mean "convert"?',
    ],
  },
  {
    what: 'resampling without a timeframe',
    text: around('  a: {kind: prepare, action: resample, in: d.csv, out: x.csv}\n'),
    lines: ['3:3 phases.a.timeframe: is missing; write for example timeframe: 1w'],
  },
  {
    what: 'a misspelt key, which is not called missing besides',
    text: around('  a: {kind: train, startegy: s.yaml, data: d.csv}\n'),
    lines: ['3:20 phases.a.startegy: is not a key here; did you mean "strategy"?'],
  },
  {
    what: 'a flag of the command',
    text: around('  a: {kind: backtest, model: m, data: d.csv, stop-loss: 2%}\n'),
    lines: ['3:46 phases.a.stop-loss: is not a key here; did you mean "stop_loss"?'],
  },
  {
    what: 'a key of another kind',
    text: around('  a: {kind: train, strategy: s.yaml, data: d.csv, stop_loss: 2%}\n'),
    lines: ['3:51 phases.a.stop_loss: is not a key here; it is for phases of kind backtest'],
  },
  {
    what: 'a number in quotes',
    text: around("  a: {kind: train, strategy: s.yaml, data: d.csv, epochs: '5'}\n"),
    lines: [
      '3:59 phases.a.epochs: expected a whole number from 1, was "5"; write 5 without quotes',
    ],
  },
  {
    what: 'a date that is a number',
    text: around('  a: {kind: train, strategy: s.yaml, data: d.csv, end: 2016}\n'),
    lines: [
      '3:56 phases.a.end: expected a date such as 2015-01-01, was 2016; write it in quotes: "2016"',
    ],
  },
  {
    what: 'an unknown phase, in needs and in a reference',
    text: around(
      `${TRAIN}  a: {kind: backtest, model: '\${tran.model}', data: d.csv, needs: [tests]}\n`,
    ),
    lines: [
      '4:30 phases.a.model: there is no phase "tran"; did you mean "train"?',
      '4:68 phases.a.needs[0]: there is no phase "tests"; phases: train, a',
    ],
  },
  {
    what: 'an unknown output',
    text: around(`${TRAIN}  a: {kind: backtest, model: '\${train.modl}', data: d.csv}\n`),
    lines: ['4:30 phases.a.model: the phase "train" has no "modl"; did you mean "model"?'],
  },
  {
    what: 'a reference that is none',
    text: around("  a: {kind: command, shell: 'echo ${HOME} $${HOME}'}\n"),
    lines: [
      '3:29 phases.a.shell: "${HOME}" is no reference; write ${phase.output}, or $${HOME} for the text itself',
    ],
  },
  {
    what: 'a phase that needs itself',
    text: around('  a: {kind: command, run: [x], needs: [a]}\n'),
    lines: ['3:40 phases.a.needs[0]: is the phase itself'],
  },
  {
    what: 'a circle',
    text: around(
      [
        '  c: {kind: command, run: [x], needs: [b], outputs: {o: o}}',
        "  b: {kind: command, run: ['${a.o}'], outputs: {o: p}}",
        "  a: {kind: command, run: ['${c.o}'], outputs: {o: q}}",
      ].join('\n'),
    ),
    lines: ['3:40 phases.c.needs[0]: goes round in a circle: c needs b needs a needs c'],
  },
  {
    what: 'a file that two phases write',
    text: around(
      [
        '  a: {kind: prepare, action: synth, out: x.csv}',
        '  b: {kind: prepare, action: synth, out: ./x.csv}',
      ].join('\n'),
    ),
    lines: [
      '4:42 phases.b.out: is written by the phase "a", too; each phase writes files of its own',
    ],
  },
  {
    what: 'a phase that writes over what it reads',
    text: around('  a: {kind: prepare, action: convert, in: x.csv, out: ./x.csv}\n'),
    lines: ['3:55 phases.a.out: is what the phase reads, too (in); write another file'],
  },
  {
    what: 'a file that another phase writes, read without waiting for it',
    text: around(
      [
        '  a: {kind: prepare, action: synth, out: x.csv}',
        '  b: {kind: train, strategy: s.yaml, data: A=x.csv}',
      ].join('\n'),
    ),
    lines: ['4:44 phases.b.data: is written by the phase "a"; write ${a.out} or needs: [a]'],
  },
  {
    what: 'a backtest of nothing',
    text: around('  a: {kind: backtest, data: d.csv}\n'),
    lines: [
      '3:3 phases.a.model: is missing; a backtest has a model, a strategy with rules, or signals',
    ],
  },
  {
    what: 'rules for signals where there are none',
    text: around('  a: {kind: backtest, model: m, data: d.csv, allow_short: true}\n'),
    lines: ['3:46 phases.a.allow_short: is for a backtest of signals; remove it, or say signals'],
  },
  {
    what: 'a command that is both a program and a line',
    text: around('  a: {kind: command, run: [x], shell: y}\n'),
    lines: ['3:32 phases.a.shell: stands beside run; remove one of them'],
  },
  {
    what: 'a command that is nothing',
    text: around('  a: {kind: command, inputs: x}\n'),
    lines: ['3:3 phases.a.run: is missing; write for example run: [python3, score.py]'],
  },
  {
    what: 'an operation by a word that means another one tomorrow',
    text: around('  a: {kind: report, operation: latest, out: x.html}\n'),
    lines: [
      '3:32 phases.a.operation: expected an operation such as ${test.operation}, was "latest"',
    ],
  },
]

describe('what is wrong', () => {
  it.each(BROKEN)('$what is told with its place', ({ text, lines }) => {
    expect(linesOf(text)).toEqual(lines)
  })

  it('is told all at once', () => {
    const phases = '  a: {kind: trian}\n  b: {kind: train, strategy: s.yaml}\n'
    expect(linesOf(around(phases))).toHaveLength(2)
  })

  it('is no reason to break off, whatever the file holds', () => {
    for (const text of ['a: &a [*a]', '\u0000', 'phases: {__proto__: {kind: train}}', '{}', '"x"'])
      expect(linesOf(text).length, text).toBeGreaterThan(0)
  })
})
