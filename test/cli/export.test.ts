// `--export DIR`: a completed backtest in formats of other programs, and nothing in the way of any other ending.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, it } from 'vitest'
import { equityTextIn } from '../support/equity-text.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const dataDir = world.dataDir('data')

const run = (args: readonly string[], fault?: string): Promise<RunResult> =>
  ktrdr(args, { dataDir, ...(fault === undefined ? {} : { fault }) })

const place = (name: string): string => join(world.directory, name)

const filesIn = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'base64')]),
  )

/** Of all operations, newest first. */
async function statuses(): Promise<string[]> {
  const { json } = await run(['operations', 'list', '--json'])
  return json().operations.map(({ status }: { status: string }) => status)
}

beforeAll(async () => {
  await run(world.train('--epochs', '2'))
  return world.remove
})

describe('a completed backtest', () => {
  it('is written to where it was told, with directories made on the way', async () => {
    const out = place('a new/directory')
    const { code, json } = await run([...world.backtest('--export', out), '--json'])
    expect(code).toBe(0)
    const result = json().backtest.path
    const made = ['equity.csv', 'equity.parquet', 'trades.parquet']
    const exported = filesIn(out)
    expect(Object.keys(exported).toSorted()).toEqual([...readdirSync(result), ...made].toSorted())
    expect(exported, 'every byte').toMatchObject(filesIn(result))
    expect(readFileSync(join(out, 'equity.csv'), 'utf8')).toBe(equityTextIn(result))
    // over what is there
    expect((await run(world.backtest('--export', out))).code).toBe(0)
    for (const name of made) expect(filesIn(out)[name]).toBe(exported[name])
  })

  it('has the same figures in Parquet as in CSV', async () => {
    const out = place('parquet')
    await run(world.backtest('--export', out))
    const columnsIn = (csv: string): Record<string, string[]> => {
      const [head, ...lines] = csv.trimEnd().split('\n')
      const rows = lines.map((line) => line.split(','))
      return Object.fromEntries(
        head!.split(',').map((name, i) => [name, rows.map((row) => row[i]!)]),
      )
    }
    for (const table of ['trades', 'equity']) {
      const csv = columnsIn(readFileSync(join(out, `${table}.csv`), 'utf8'))
      const parquet = await parquetReadObjects({
        file: await asyncBufferFromFile(join(out, `${table}.parquet`)),
      })
      expect(parquet.length, 'something happens').toBeGreaterThan(10)
      for (const [name, texts] of Object.entries(csv)) {
        const values = parquet.map((row) => (name === 'position' ? row['units'] : row[name]))
        const spelled = values.map((value) =>
          name === 'position'
            ? Number(value) > 0
              ? 'LONG'
              : Number(value) < 0
                ? 'SHORT'
                : 'FLAT'
            : value instanceof Date
              ? value.toISOString()
              : String(value),
        )
        expect(spelled, `${table} ${name}`).toEqual(texts)
      }
    }
  })

  it('is written after a resume too', async () => {
    const out = place('resumed')
    expect((await run(world.backtest(), 'bar@300:kill')).signal).toBe('SIGKILL')
    await run(world.backtest(), 'bar@300:cancel')
    const { code, json } = await run(['operations', 'resume', 'latest', '--export', out, '--json'])
    expect(code).toBe(0)
    expect(filesIn(out)).toMatchObject(filesIn(json().backtest.path))
    expect(readFileSync(join(out, 'equity.csv'), 'utf8')).toBe(equityTextIn(json().backtest.path))
  })
})

describe('a backtest that did not complete', () => {
  it.each([
    ['bar@300:cancel', 130, 'cancelled'],
    ['bar@300:throw', 1, 'failed'],
  ])('%s exits with %d as without --export, and copies nothing', async (fault, exit, status) => {
    const out = place(status)
    const { code, stderr } = await run(world.backtest('--export', out), fault)
    expect(stderr).toContain('ktrdr operations resume op_backtesting_')
    expect(code).toBe(exit)
    expect(readdirSync(out)).toEqual([])
    expect((await statuses())[0]).toBe(status)
  })
})

describe('an export that cannot be', () => {
  it('is refused before the work, with nothing recorded', async () => {
    const before = await statuses()
    const taken = place('taken')
    writeFileSync(taken, '')
    for (const out of [taken, join(taken, 'below')]) {
      const { code, stderr } = await run(world.backtest('--export', out))
      expect(stderr).toContain(`Error: Nothing can be exported to ${out}: `)
      expect(stderr).toContain('Code: IO_FAILED')
      expect(code).toBe(1)
    }
    expect(await statuses()).toEqual(before)
  })

  it('of a training is refused before it goes on', async () => {
    await run(world.train('--epochs', '9'), 'batch@90:cancel')
    const out = place('training')
    const { code, stderr } = await run(['operations', 'resume', 'latest', '--export', out])
    expect(stderr).toMatch(
      /Error: op_training_\w+ is a training: it has nothing to export\.\nCode: USAGE\n/,
    )
    expect(code).toBe(2)
    expect(existsSync(out)).toBe(false)
    expect((await statuses())[0], 'as it was').toBe('cancelled')
  })

  it('when the work is done says where the result is', async () => {
    const out = place('blocked')
    mkdirSync(join(out, 'trades.csv'), { recursive: true })
    const { code, stderr } = await run(world.backtest('--export', out))
    expect(stderr).toMatch(
      /Error: The result is in \S+, but it could not be exported to \S+blocked: /,
    )
    expect(code).toBe(1)
    expect((await statuses())[0]).toBe('completed')
  })
})

describe('a place where nothing can be written', () => {
  const outputs = (out: string): (readonly string[])[] => [
    ['features', world.strategy, '--data', world.bars, '--out', `${out}/f.csv`],
    ['data', 'convert', world.bars, `${out}/b.parquet`],
    ['data', 'synth', '--out', `${out}/s.csv`],
    ['indicators', 'compute', 'rsi', '--data', world.bars, '--out', `${out}/i.csv`],
    ['models', 'export', 'walk', '--out', `${out}/m.onnx`],
    ['report', 'latest', '--out', `${out}/deep/r.html`],
    world.backtest('--export', `${out}/deep`),
  ]

  async function refuseAll(out: string, reason: string): Promise<void> {
    for (const args of outputs(out)) {
      const { code, stderr } = await run(args)
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(1)
      expect(stderr, args.join(' ')).toMatch(/^Error: Nothing can be (written|exported) to /m)
      expect(stderr, args.join(' ')).toContain(reason)
      expect(stderr, args.join(' ')).toContain('Choose a directory that you can write to.')
    }
  }

  it('is refused before the work when it lies below a file', async () => {
    await run(world.backtest())
    writeFileSync(place('a-file'), 'precious')
    await refuseAll(place('a-file'), 'ENOTDIR')
    expect(readFileSync(place('a-file'), 'utf8')).toBe('precious')
  })

  it.skipIf(process.getuid?.() === 0)('is refused before the work when it is closed', async () => {
    mkdirSync(place('closed'), { mode: 0o555 })
    await refuseAll(place('closed'), 'EACCES')
    expect(readdirSync(place('closed'))).toEqual([])
  })
})
