import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, tempDir } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let reference: string

const start = async (dataDir: string): Promise<string> => {
  const cancelled = await ktrdr(world.train('--json'), { dataDir, fault: 'batch@50:cancel' })
  expect(cancelled.code, cancelled.stderr).toBe(130)
  return cancelled.json().operationId
}
const operationIn = async (dataDir: string): Promise<any> =>
  (await ktrdr(['operations', 'show', 'latest', '--json'], { dataDir })).json()

beforeAll(async () => {
  world = makeWorld({ bars: 3000, hiddenLayers: '[64]', epochs: 30 })
  const straight = await ktrdr(world.train('--json'), { dataDir: world.dataDir('reference') })
  reference = straight.json().model.sha256
  return world.remove
})

describe('concurrent resumes in separate processes', () => {
  it.each([3, 32])(
    'of %i exactly one wins, the others exit 5 and change nothing',
    async (count) => {
      const dataDir = world.dataDir(`resume-${count}`)
      const id = await start(dataDir)
      const results = await Promise.all(
        Array.from({ length: count }, () =>
          ktrdr(['operations', 'resume', id, '--json'], { dataDir }),
        ),
      )
      const codes = results.map(({ code }) => code).toSorted((a, b) => a! - b!)
      expect(codes).toEqual([0, ...Array.from({ length: count - 1 }, () => 5)])
      const winner = results.find(({ code }) => code === 0)!
      expect(winner.json()).toMatchObject({ status: 'completed', model: { sha256: reference } })
      for (const loser of results.filter(({ code }) => code === 5))
        expect(['OPERATION_ALREADY_RUNNING', 'NOT_RESUMABLE']).toContain(loser.json().error.code)
      const operation = await operationIn(dataDir)
      expect(operation).toMatchObject({ status: 'completed', error: null })
      expect(operation.attempts.length, 'one start and one resume').toBe(2)
    },
  )

  it('a claim whose COMMIT fails with an I/O error is no win: status and error stay, the next resume wins', async () => {
    const dataDir = world.dataDir('claim-eio')
    const id = await start(dataDir)
    const failed = await ktrdr(['operations', 'resume', id, '--json'], {
      dataDir,
      fault: 'claim.before-commit:eio',
    })
    expect(failed.code).not.toBe(0)
    expect(await operationIn(dataDir)).toMatchObject({
      status: 'cancelled',
      error: null,
      attempts: [{ number: 1 }],
    })
    const next = await ktrdr(['operations', 'resume', id, '--json'], { dataDir })
    expect(next.json().model.sha256).toBe(reference)
  })

  it.skipIf(!hasCompiler())('so is one whose fsync really fails (LD_PRELOAD)', async () => {
    const dataDir = world.dataDir('fsync-eio')
    const id = await start(dataDir)
    const failed = await ktrdr(['operations', 'resume', id, '--json'], {
      dataDir,
      env: { LD_PRELOAD: compileFailingFsync(), KTRDR_TEST_FAIL_FSYNC_OF: '-wal' },
    })
    expect(failed.code, failed.stdout).toBe(1)
    expect(failed.json().error.code).toBe('IO_FAILED')
    expect(await operationIn(dataDir)).toMatchObject({
      status: 'cancelled',
      error: null,
      attempts: [{ number: 1 }],
    })
    const results = await Promise.all(
      [1, 2, 3].map(() => ktrdr(['operations', 'resume', id, '--json'], { dataDir })),
    )
    expect(results.map(({ code }) => code).toSorted((a, b) => a! - b!)).toEqual([0, 5, 5])
  })
})

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return process.platform === 'linux'
  } catch {
    process.stderr.write('skipped: no C compiler for the failing fsync\n')
    return false
  }
}

/** A library that makes fsync and fdatasync fail with EIO for files whose name ends as the environment says. */
function compileFailingFsync(): string {
  const directory = tempDir()
  const source = join(directory, 'fail.c')
  const library = join(directory, 'fail.so')
  writeFileSync(
    source,
    `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int doomed(int fd) {
  const char *suffix = getenv("KTRDR_TEST_FAIL_FSYNC_OF");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (!suffix || n < (ssize_t)strlen(suffix)) return 0;
  path[n] = 0;
  return strcmp(path + n - strlen(suffix), suffix) == 0;
}
#define WRAP(name) \\
  int name(int fd) { \\
    if (doomed(fd)) { errno = EIO; return -1; } \\
    return ((int (*)(int))dlsym(RTLD_NEXT, #name))(fd); \\
  }
WRAP(fsync)
WRAP(fdatasync)
`,
  )
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
  return library
}
