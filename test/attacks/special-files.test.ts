// What lies under a name need not be a file with an end: a pipe that nobody writes to, a device that never ends, a socket, a
// directory, or what may not be read. Each is refused at once, in a sentence, wherever a file is read.

import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startKtrdr, type RunResult } from '../support/program.ts'
import { directoriesOfFile } from '../support/spawned.ts'
import { makeWorld } from '../support/world.ts'

const directory = directoriesOfFile()
const world = makeWorld({ bars: 600, epochs: 1 })
const cwd = directory('work')
const dataDir = world.dataDir('data')
const server = createServer()

const MAKE = {
  pipe: (path: string) => void execFileSync('mkfifo', [path]),
  device: (path: string) => symlinkSync('/dev/zero', path),
  directory: (path: string) => void mkdirSync(path),
  socket: (path: string) => symlinkSync(join(cwd, 'socket'), path),
} as const
type Kind = keyof typeof MAKE
const KINDS = Object.keys(MAKE) as Kind[]

/** What is there, once for each kind and ending. */
const place = (kind: Kind, ending: string): string => `${kind}${ending}`

const HANG_MS = 30_000

/** How it ends: soon, and with a sentence of ours. */
async function refused(
  args: readonly string[],
  { env = {}, at = cwd }: { readonly env?: Record<string, string>; readonly at?: string } = {},
): Promise<RunResult> {
  const { child, done } = startKtrdr(args, { dataDir, cwd: at, env })
  const timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS)
  const result = await done.finally(() => clearTimeout(timer))
  expect(result.signal, `it hangs: ${args.join(' ')}`).toBeNull()
  expect([1, 2, 4, 6, 7], result.stderr).toContain(result.code)
  expect(result.stderr, 'it is no bug').not.toContain('Code: INVARIANT')
  return result
}

async function trainModel(): Promise<void> {
  const { code, stderr } = await startKtrdr([...world.train(), '--quiet'], { dataDir }).done
  expect(code, stderr).toBe(0)
}

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(join(cwd, 'socket'), ready))
  for (const kind of KINDS)
    for (const ending of ['.csv', '.yaml', '.parquet']) MAKE[kind](join(cwd, place(kind, ending)))
  await trainModel()
})
afterAll(() => {
  server.close()
  world.remove()
})

describe.concurrent.each(KINDS)('a %s', (kind) => {
  it('is no file of bars', async () => {
    const file = place(kind, '.csv')
    for (const args of [
      ['data', 'check', file],
      ['data', 'inspect', place(kind, '.parquet')],
      ['data', 'convert', file, 'out.csv'],
      ['indicators', 'compute', 'rsi', '--data', file],
      ['train', world.strategy, '--data', file],
      ['backtest', 'walk', '--data', file],
    ]) {
      const { stdout, stderr } = await refused(args)
      const said = kind === 'directory' ? /director|There are no bars/ : new RegExp(`is a ${kind}`)
      expect(`${stdout}${stderr}`, args.join(' ')).toMatch(said)
    }
  })

  it('is no file of signals', async () => {
    const args = ['backtest', '--signals', place(kind, '.csv'), '--data', `WALK=${world.bars}`]
    expect((await refused(args)).stderr).toContain(`is a ${kind}`)
  })

  it('is no strategy', async () => {
    const file = place(kind, '.yaml')
    for (const args of [
      ['validate', file],
      ['train', file, '--data', world.bars],
      ['backtest', file, '--data', world.bars],
      ['migrate', file],
    ]) {
      const { stderr } = await refused(args)
      expect(stderr, args.join(' ')).toMatch(
        kind === 'directory' ? /not found|is not a file/ : /is not a file/,
      )
    }
  })

  it('is no ktrdr.yaml', async () => {
    const project = directory(`project-${kind}`)
    MAKE[kind](join(project, 'ktrdr.yaml'))
    const { code, stderr } = await refused(['operations', 'list'], { at: project })
    expect(code).toBe(2)
    expect(stderr).toContain('ktrdr.yaml is not a regular file')
  })

  it.each(['manifest.json', 'model.safetensors', 'strategy.yaml'])(
    'is no %s of a model',
    async (name) => {
      const model = join(directory(`model-${kind}-${name}`), 'model')
      cpSync(join(dataDir, 'models', 'walk', 'WALK_1h', 'v1'), model, { recursive: true })
      rmSync(join(model, name))
      MAKE[kind](join(model, name))
      const { stderr } = await refused(['backtest', 'walk', '--model', model, '--data', world.bars])
      expect(stderr).toMatch(/Code: MODEL_(NOT_FOUND|CORRUPT)/)
    },
  )
})

it.each(['device', 'directory', 'socket'] as const)('a %s is no key file', async (kind) => {
  const env = {
    KTRDR_CHECKPOINT_ENCRYPTION: 'aes-256-gcm',
    KTRDR_CHECKPOINT_KEY_FILE: join(cwd, place(kind, '.csv')),
  }
  const { stderr } = await refused(world.train('--quiet'), { env })
  expect(stderr).toMatch(/holds no key of 32 bytes|key file .* cannot be read/)
})

it('a pipe is told how to become a file', async () => {
  const { stderr } = await refused(['data', 'inspect', place('pipe', '.csv')])
  expect(stderr).toContain('cat pipe.csv > bars.csv')
})

it.skipIf(process.getuid?.() === 0)('what may not be read is told so', async () => {
  for (const name of ['closed.csv', 'closed.yaml']) {
    writeFileSync(join(cwd, name), 'date,open,high,low,close\n')
    chmodSync(join(cwd, name), 0)
  }
  expect((await refused(['data', 'inspect', 'closed.csv'])).stderr).toContain('permission denied')
  expect((await refused(['validate', 'closed.yaml'])).stderr).toContain('cannot be read')
})
