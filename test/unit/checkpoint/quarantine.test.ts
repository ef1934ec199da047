import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { quarantine, sweepQuarantine } from '../../../src/checkpoint/quarantine.ts'
import { CREATED_AT_MS, ID, tempLayout } from '../../support/temp-store.ts'

const DAY_MS = 86_400_000

function withPack() {
  const layout = tempLayout()
  mkdirSync(join(layout.packs, ID), { recursive: true })
  writeFileSync(join(layout.packs, ID, '1-1.safetensors'), 'damaged')
  return layout
}

describe('quarantine', () => {
  it('copies a file and leaves it where it is; again after a crash it is the same', () => {
    const layout = withPack()
    const path = join(ID, '1-1.safetensors')
    const copy = quarantine(layout, path)!
    expect(quarantine(layout, path)).toBe(copy)
    expect(readFileSync(copy, 'utf8')).toBe('damaged')
    expect(existsSync(join(layout.packs, path))).toBe(true)
  })

  it('has nothing to copy of a file that is missing', () =>
    expect(quarantine(withPack(), join(ID, '2-2.safetensors'))).toBeNull())

  it('keeps a copy for 30 days', () => {
    const layout = withPack()
    const copy = quarantine(layout, join(ID, '1-1.safetensors'))!
    utimesSync(copy, CREATED_AT_MS / 1000, CREATED_AT_MS / 1000)
    const sweep = (dryRun: boolean, days: number) =>
      sweepQuarantine(layout, { dryRun, keepMs: 30 * DAY_MS }, CREATED_AT_MS + days * DAY_MS)
    expect(sweep(false, 30)).toEqual([])
    expect(sweep(true, 31)).toMatchObject([
      { path: join('quarantine', ID, '1-1.safetensors'), sizeBytes: 7 },
    ])
    expect(existsSync(copy), 'a dry run removes nothing').toBe(true)
    expect(sweep(false, 31)).toHaveLength(1)
    expect(existsSync(copy)).toBe(false)
  })
})
