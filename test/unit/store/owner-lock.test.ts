import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockPath, tryLock, type OwnerLock } from '../../../src/store/owner-lock.ts'
import { ID, idOf, tempLayout } from '../../support/temp-store.ts'

function take(locks: string, id = ID): OwnerLock {
  const lock = tryLock(locks, id)
  if (!lock) throw new Error(`${id} is locked`)
  onTestFinished(() => lock.release())
  return lock
}

describe('the lock of an operation', () => {
  it('has one holder: whoever else asks gets undefined, at once', () => {
    const { locks } = tempLayout()
    take(locks)
    const askedAtMs = performance.now()
    for (let i = 0; i < 20; i++) expect(tryLock(locks, ID)).toBeUndefined()
    expect(performance.now() - askedAtMs, 'nobody waits').toBeLessThan(1000)
  })

  it('is not shared with other operations', () => {
    const { locks } = tempLayout()
    take(locks, idOf('one'))
    expect(() => take(locks, idOf('two'))).not.toThrow()
  })

  it('is free again after its release, any number of times', () => {
    const { locks } = tempLayout()
    for (let i = 0; i < 3; i++) {
      const lock = take(locks)
      expect(tryLock(locks, ID)).toBeUndefined()
      lock.release()
      lock.release() // twice is as good as once
    }
  })

  it('keeps its file, so that a later taker locks the same inode', () => {
    const { locks } = tempLayout()
    take(locks).release()
    const before = statSync(lockPath(locks, ID)).ino
    take(locks)
    expect(statSync(lockPath(locks, ID)).ino).toBe(before)
    expect(readdirSync(locks), 'no journal is left beside it').toEqual([`${ID}.lock`])
  })

  it('dies with the thread that holds it', async () => {
    const { locks } = tempLayout()
    const holder = new Worker(new URL('../../support/hold-lock-thread.ts', import.meta.url), {
      workerData: { locks, id: ID },
    })
    expect(await once(holder, 'message')).toEqual(['held'])
    expect(tryLock(locks, ID)).toBeUndefined()
    await holder.terminate()
    expect(() => take(locks)).not.toThrow()
  })

  it('lives in a directory of its owner alone', () => {
    const { locks } = tempLayout()
    take(locks)
    expect(statSync(locks).mode & 0o777).toBe(0o700)
  })

  it('that cannot be taken for any other reason is an error, not a refusal', () => {
    const { locks } = tempLayout()
    mkdirSync(lockPath(locks, idOf('dir')), { recursive: true })
    expect(() => tryLock(locks, idOf('dir'))).toThrow('unable to open')
    writeFileSync(lockPath(locks, idOf('text')), 'no lock, but somebody’s text. '.repeat(100))
    expect(() => tryLock(locks, idOf('text'))).toThrow('not a database')
  })
})
