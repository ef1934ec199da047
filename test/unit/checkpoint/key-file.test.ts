import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openKeys, parseKey, rekey, type Secret } from '../../../src/checkpoint/key-file.ts'
import { tempLayout } from '../../support/temp-store.ts'

const KEY: Secret = { from: 'key', key: new Uint8Array(32).fill(1) }
const OTHER: Secret = { from: 'key', key: new Uint8Array(32).fill(2) }
const WORDS: Secret = { from: 'passphrase', passphrase: 'correct horse' }
const refused = expect.objectContaining({ code: 'KEY_REQUIRED', exitCode: 6 })

describe('the data key', () => {
  it('is made once, and opens with what it was made with alone', () => {
    const layout = tempLayout()
    const first = openKeys(layout, KEY, { create: true })
    expect(first.active?.secret.length).toBe(32)
    expect(openKeys(layout, KEY, { create: true })).toEqual(first)
    expect(openKeys(layout, KEY, { create: false }), 'reads, and seals nothing').toEqual({
      active: null,
      all: first.all,
    })
    expect(() => openKeys(layout, OTHER, { create: true })).toThrow(refused)
    expect(() => openKeys(layout, WORDS, { create: true })).toThrow(refused)
  })

  it('never stands in its file, which only its owner reads', () => {
    const layout = tempLayout()
    const { secret } = openKeys(layout, KEY, { create: true }).active!
    const path = join(layout.root, 'keys.json')
    const text = readFileSync(path, 'utf8')
    expect(text).not.toContain(Buffer.from(secret).toString('base64'))
    expect(text).not.toContain(Buffer.from(secret).toString('hex'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(layout.root), 'no temporary file').toEqual(['keys.json'])
  })

  it('cannot be made of nothing', () => {
    expect(() => openKeys(tempLayout(), null, { create: true })).toThrow(refused)
    expect(openKeys(tempLayout(), KEY, { create: false }), 'nor is it made to read').toEqual({
      active: null,
      all: [],
    })
  })

  it('stays the same under a new passphrase, and the old one opens it no more', () => {
    const layout = tempLayout()
    const before = openKeys(layout, KEY, { create: true })
    expect(rekey(layout, KEY, WORDS)).toBe(1)
    expect(openKeys(layout, WORDS, { create: true })).toEqual(before)
    expect(() => openKeys(layout, KEY, { create: true })).toThrow(refused)
    expect(() => rekey(layout, OTHER, KEY), 'who does not have it cannot change it').toThrow(
      refused,
    )
  })

  it('in a damaged file is asked for by name', () => {
    const layout = tempLayout()
    openKeys(layout, KEY, { create: true })
    writeFileSync(join(layout.root, 'keys.json'), '{"format": 1')
    expect(() => openKeys(layout, KEY, { create: true })).toThrow('keys.json is damaged')
  })
})

describe('a key', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i * 7)

  it.each([
    ['bytes', bytes],
    ['hex', Buffer.from(`${Buffer.from(bytes).toString('hex')}\n`)],
    ['base64', Buffer.from(` ${Buffer.from(bytes).toString('base64')}\n`)],
  ])('is read from %s', (_kind, given) => {
    expect(parseKey(given, 'k')).toEqual(bytes)
  })

  it.each(['', 'short', 'x'.repeat(31), '00'.repeat(31)])(
    'of another length is refused: "%s"',
    (text) => {
      expect(() => parseKey(Buffer.from(text), 'my.key')).toThrow('my.key holds no key of 32 bytes')
    },
  )
})
