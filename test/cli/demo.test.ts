// The demo is a promise: it must keep it, and it must not keep quiet when it cannot.

import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ktrdr, ROOT, startKtrdr } from '../support/program.ts'
import { directoriesOfFile, spawned } from '../support/spawned.ts'

const directory = directoriesOfFile()

describe.concurrent('the demo', () => {
  it('kills inside an epoch, resumes there, and every file is identical', async () => {
    const dataDir = join(directory('user'), 'never')
    const { code, stdout, stderr } = await ktrdr(['demo'], {
      dataDir,
      env: { TMPDIR: directory('shown'), KTRDR_MODELS_DIR: dataDir },
    })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Resumed {4}from epoch \d+ \+\d+\/46 batches /m)
    expect(stderr).toMatch(/^Resumed {4}from bar \d+ /m)
    expect(stdout.match(/^Killed$/gm), 'a training and a backtest').toHaveLength(2)
    const comparisons = stdout.split('\n').filter((line) => / sha256 .*… /.test(line))
    expect(comparisons).toHaveLength(6)
    for (const line of comparisons) expect(line).toMatch(/=.*identical$/)
    expect(stdout, 'what to type next').toMatch(/^ {2}ktrdr operations resume latest$/m)
    expect(existsSync(dataDir), 'what its user has and sets takes no part').toBe(false)
  })

  it('exits 1 and names the file when a resumed training is not the same', async () => {
    const copy = sourcesWhere(
      'src/training/training-state.ts',
      'network.write({ weights: model, slots: optimizer })',
      'void optimizer\n  network.write({ weights: model, slots: network.read().slots })',
    )
    const { status, stdout, stderr } = await spawned(process.execPath, ['bin/ktrdr.ts', 'demo'], {
      cwd: copy,
      env: { PATH: process.env['PATH'], HOME: copy, TMPDIR: copy },
    })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^ {2}model\.safetensors .*≠.*DIFFERENT$/m)
    expect(stderr).toContain('Error: The resumed training differs: model.safetensors.')
    expect(stderr).toMatch(/Try this: diff \S+model\.safetensors \S+model\.safetensors/)
  })

  it('stops at once when it is told to, with what it was doing saved', async () => {
    const demo = startKtrdr(['demo'], {
      dataDir: directory('stopped'),
      env: { TMPDIR: directory('stopped') },
    })
    while (!demo.stderr().includes('Operation ')) await new Promise((wake) => setTimeout(wake, 5))
    demo.child.kill('SIGINT')
    const { code, stderr } = await demo.done
    expect(code).toBe(130)
    expect(stderr).toMatch(/Checkpoint saved .*\n.*\n.*The demo was stopped\./)
  })
})

/** A copy of the sources with one change. */
function sourcesWhere(file: string, original: string, changed: string): string {
  const copy = directory('sources')
  for (const entry of ['bin', 'src', 'commands', 'scripts', 'examples', 'package.json'])
    cpSync(join(ROOT, entry), join(copy, entry), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const text = readFileSync(join(copy, file), 'utf8')
  expect(text, 'what is to be broken is there').toContain(original)
  writeFileSync(join(copy, file), text.replace(original, changed))
  return copy
}
