import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeStrategy } from '../../src/write-strategy.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ktrdr-write-'))
  return () => rmSync(directory, { recursive: true })
})

const write = (name: string, text: string, force = false): void =>
  writeStrategy(join(directory, name), text, force, 'ktrdr init --force')

describe('a strategy that is written', () => {
  it('stands there whole, with the directories on the way, and nothing beside it', () => {
    write('a/b/first.yaml', 'name: first\n')
    expect(readFileSync(join(directory, 'a/b/first.yaml'), 'utf8')).toBe('name: first\n')
    expect(readdirSync(join(directory, 'a/b'))).toEqual(['first.yaml'])
  })

  it.each(['a file', 'a link to nowhere'])('takes the place of %s only by force', (what) => {
    if (what === 'a file') write('first.yaml', 'mine')
    else symlinkSync(join(directory, 'nowhere'), join(directory, 'first.yaml'))
    expect(() => write('first.yaml', 'new')).toThrow(
      expect.objectContaining({ code: 'USAGE', suggestions: ['ktrdr init --force'] }),
    )
    expect(readdirSync(directory)).toEqual(['first.yaml'])
    write('first.yaml', 'new', true)
    expect(readFileSync(join(directory, 'first.yaml'), 'utf8')).toBe('new')
  })

  it('says why it cannot be', () => {
    write('file', 'mine')
    expect(() => write('file/first.yaml', 'new')).toThrow(
      expect.objectContaining({ code: 'IO_FAILED' }),
    )
  })
})
