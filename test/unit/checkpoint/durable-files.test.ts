import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  makeDirectory,
  openExclusively,
  packPath,
  removeIfEmpty,
  syncDirectory,
  TEMPORARY_PREFIX,
  temporaryName,
  unlinkIfThere,
  writeFully,
  writeNewFile,
} from '../../../src/checkpoint/durable-files.ts'
import { tempDir } from '../../support/program.ts'
import { ID } from '../../support/temp-store.ts'

describe('a new file', () => {
  it('holds what was written and is readable by its owner alone', () => {
    const path = join(tempDir(), 'a')
    const bytes = new Uint8Array(100_000).map((_, i) => i)
    writeNewFile(path, bytes)
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is not taken for whole when the system has written only its beginning', () => {
    const path = join(tempDir(), 'a')
    const module = new URL('../../../src/checkpoint/durable-files.ts', import.meta.url).href
    const write = `import { writeNewFile } from ${JSON.stringify(module)}
      writeNewFile(${JSON.stringify(path)}, new Uint8Array(1_000_000))`
    // A file may grow to 16 blocks: the write that crosses the limit is cut short, the next one fails.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" --input-type=module --eval "$1"`
    const { status, stderr } = spawnSync('sh', ['-c', limited, process.execPath, write], {
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/EFBIG/)
    expect(status).not.toBe(0)
  })

  it('never replaces one that is there, and never follows a link', () => {
    const root = tempDir()
    const [path, link, target] = [join(root, 'a'), join(root, 'b'), join(root, 'target')]
    writeFileSync(path, 'mine')
    symlinkSync(target, link)
    for (const taken of [path, link])
      expect(() => writeNewFile(taken, new Uint8Array(1))).toThrow(
        expect.objectContaining({ code: 'EEXIST' }),
      )
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(existsSync(target)).toBe(false)
  })

  it('that the disk has no room for is an error, not a short file', () => {
    if (!existsSync('/dev/full')) return
    const fd = openSync('/dev/full', 'w')
    expect(() => writeFully(fd, new Uint8Array(10))).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    )
    closeSync(fd)
  })

  it('may be empty', () => {
    const path = join(tempDir(), 'a')
    closeSync(openExclusively(path))
    expect(statSync(path).size).toBe(0)
  })
})

describe('temporary names', () => {
  it('are unlike each other and known by their prefix', () => {
    const names = Array.from({ length: 1000 }, () => temporaryName('1-5'))
    expect(new Set(names).size).toBe(1000)
    for (const name of names) expect(name).toMatch(/^\.tmp-1-5-[0-9a-f]{12}$/)
    expect(names[0]!.startsWith(TEMPORARY_PREFIX)).toBe(true)
  })
})

describe('directories', () => {
  it('are made with their parents, for their owner alone; one that is there is fine', () => {
    const root = tempDir()
    const deep = join(root, 'a', 'b', 'c')
    makeDirectory(deep)
    makeDirectory(deep)
    for (const path of [deep, join(root, 'a', 'b'), join(root, 'a')])
      expect(statSync(path).mode & 0o777, path).toBe(0o700)
    expect(() => syncDirectory(deep)).not.toThrow()
  })

  it('go when they are empty, and only then', () => {
    const root = tempDir()
    const [empty, full] = [join(root, 'empty'), join(root, 'full')]
    mkdirSync(empty)
    mkdirSync(full)
    writeFileSync(join(full, 'a'), '')
    for (const path of [empty, full, join(root, 'none')]) removeIfEmpty(path)
    expect([existsSync(empty), existsSync(full)]).toEqual([false, true])
  })
})

describe('unlinking', () => {
  it('minds no file that is gone, but any other trouble', () => {
    const root = tempDir()
    writeFileSync(join(root, 'a'), '')
    unlinkIfThere(join(root, 'a'))
    unlinkIfThere(join(root, 'a'))
    expect(existsSync(join(root, 'a'))).toBe(false)
    expect(() => unlinkIfThere(root)).toThrow(/EISDIR|EPERM/)
  })
})

describe('the path of a pack', () => {
  it('names generation and number, so that two owners never write the same file', () => {
    expect(packPath(ID, 2, 7)).toBe(join(ID, '2-7.safetensors'))
    expect(packPath(ID, 3, 7)).not.toBe(packPath(ID, 2, 7))
  })
})
