// Nothing that a name, a path or a file holds steers a terminal: every character of what any command says can be seen.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../commands/index.ts'
import { measured } from '../support/measured.ts'
import { ROOT } from '../support/program.ts'
import { directoriesOfFile } from '../support/spawned.ts'
import { makeWorld } from '../support/world.ts'

/** Clears the screen, sets the title, turns the writing round; C0, DEL and C1. */
const HOSTILE = '\u001B[2J\u001B]0;gone\u0007\u202E\u007F\u009B1m\r\b'
const STEERS = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u
/** As YAML may hold it. */
const IN_QUOTES = `"${[...HOSTILE].map((one) => `\\u${one.codePointAt(0)!.toString(16).padStart(4, '0')}`).join('')}"`

const directory = directoriesOfFile()
const world = makeWorld({ bars: 600, epochs: 1 })
const cwd = directory(`work ${HOSTILE}`)
const dataDir = join(cwd, `data ${HOSTILE}`)

const RULES = `name: crossing
description: ${IN_QUOTES}
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { mode: single, timeframe: 1h }
rules:
  long: { enter: close crosses above open, exit: close crosses below open }
`

async function say(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const { code, stdout, stderr } = await measured(args, { dataDir, cwd })
  const said = `${stdout}${stderr}`
  expect(said, args.join(' ')).not.toMatch(STEERS)
  return { code, said }
}

const bars = join('.', `bars ${HOSTILE}.csv`)
const strategy = join('.', `dir ${HOSTILE}`, 'walk.yaml')

beforeAll(async () => {
  cpSync(world.bars, join(cwd, bars))
  mkdirSync(join(cwd, `dir ${HOSTILE}`))
  const text = readFileSync(world.strategy, 'utf8')
  writeFileSync(join(cwd, strategy), `${text}description: ${IN_QUOTES}\n`)
  writeFileSync(join(cwd, 'crossing.yaml'), RULES)
  writeFileSync(
    join(cwd, 'broken.csv'),
    `time${HOSTILE.replaceAll(/[\r\n]/g, '')},open,high,low,close\n2020-01-01,1,1,1,${HOSTILE}\n`,
  )
  return world.remove
})

/** Each succeeds, and shows something that is hostile or stands beside it. */
const GOOD: readonly (readonly string[])[] = [
  ['validate', strategy, '--data', bars],
  ['train', strategy, '--data', bars, '--checkpoint-every', '5batches', '--keep-checkpoints'],
  ['train', strategy, '--data', bars, '--progress', 'json', '--dry-run'],
  ['checkpoints', 'pin', 'latest@1', '--note', HOSTILE],
  ['checkpoints', 'list'],
  ['checkpoints', 'list', '--json'],
  ['checkpoints', 'show', 'latest'],
  ['operations', 'show', 'latest'],
  ['operations', 'show', 'latest', '--json'],
  ['backtest', 'walk', '--data', bars, '--export', `out ${HOSTILE}`],
  ['backtest', 'crossing.yaml', '--data', bars],
  ['report', 'latest', '--out', `report ${HOSTILE}.html`],
  ['features', strategy, '--data', bars, '--out', `features ${HOSTILE}.csv`],
  ['lookahead', strategy, '--data', bars],
  ['data', 'inspect', bars],
  ['data', 'check', bars],
  ['data', 'convert', bars, `copy ${HOSTILE}.csv`],
  ['indicators', 'compute', 'rsi', '--data', bars, '--out', `rsi ${HOSTILE}.csv`],
  [
    'init',
    'fresh',
    '--template',
    'momentum',
    '--kind',
    'rules',
    '--symbol',
    'WALK',
    '--timeframe',
    '1h',
    '--out',
    `made ${HOSTILE}.yaml`,
    '--yes',
  ],
  ['doctor'],
  ['doctor', '--json'],
  ['gc', '--dry-run'],
]

describe('what goes well', () => {
  it.each(GOOD)('%j %j', async (...args) => {
    const { code, said } = await say(...args)
    expect(code, said).toBe(0)
    expect(said.length).toBeGreaterThan(0)
  })
})

describe.concurrent('what goes wrong', () => {
  it.each([
    ['data', 'check', 'broken.csv'],
    ['data', 'inspect', 'broken.csv'],
    ['train', strategy, '--data', 'broken.csv'],
    ['backtest', 'crossing.yaml', '--data', 'broken.csv'],
    ['report', 'latest', '--out', `nowhere ${HOSTILE}/report.html`, '--verbose', '--bogus'],
    ['checkpoints', 'export', 'latest', '--to', `${HOSTILE}/${HOSTILE}`],
    [HOSTILE, HOSTILE],
    ['operations', HOSTILE],
  ])('%j %j %j', async (...args) => {
    const { code, said } = await say(...args.filter((arg) => arg !== undefined))
    expect(code, said).toBeGreaterThan(0)
  })

  it.each(Object.keys(COMMANDS))('%s, asked for something that is not there', async (id) => {
    const words = id.split(':')
    const flag = `--${HOSTILE}`
    const all = id === 'demo' ? [[flag]] : [[HOSTILE, '--json'], [flag]]
    for (const more of all) expect((await say(...words, ...more)).said).not.toBe('')
  })

  it('shows what it hides', async () => {
    const { said } = await say('operations', 'show', HOSTILE)
    expect(said).toContain(
      String.raw`"\u001b[2J\u001b]0;gone\u0007\u202e\u007f\u009b1m\u000d\u0008"`,
    )
    const { said: json } = await say('operations', 'show', HOSTILE, '--json')
    expect(JSON.parse(json).error.message, 'JSON keeps it').toContain(HOSTILE)
  })
})

it('everything is printed through the function that shows it, or by what does so itself', () => {
  const sources = ['commands', 'src'].flatMap((root) =>
    readdirSync(join(ROOT, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, name)),
  )
  const printing = sources.flatMap((path) =>
    [
      ...readFileSync(join(ROOT, path), 'utf8').matchAll(
        /(?:std(?:out|err)(?:'\])?|stream)\.write\(([^;]*?)\n?\s*\)$/gm,
      ),
    ].map(([, what]) => ({ path, what: what! })),
  )
  expect(printing.length, 'it finds them').toBeGreaterThan(10)
  const bare = printing.filter(({ what }) => !/visible\(|errorScreen\(/.test(what))
  expect(bare).toEqual([])
})
