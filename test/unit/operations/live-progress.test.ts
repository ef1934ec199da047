import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listener, LogLevel, RunEvent } from '../../../src/core/events.ts'
import { listOperationViews } from '../../../src/operations/list-operations.ts'
import { withLiveProgress } from '../../../src/operations/live-progress.ts'
import { logPath, watchWithLog } from '../../../src/operations/operation-log.ts'
import { viewOperationDetails } from '../../../src/operations/views.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  endOne,
  ID,
  operationOf,
  progressAt,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

const silent: Listener = () => {}
const STARTED: RunEvent = { kind: 'started', operationId: ID, resumedFrom: null }
const progress = (epoch: number): RunEvent => ({ kind: 'progress', progress: progressAt(epoch) })

function running(events: readonly RunEvent[], logLevel: LogLevel = 'info') {
  const store = tempStore()
  startOne(store.db)
  const clock = fakeClock()
  const { listener } = watchWithLog({
    ...store,
    clock,
    logLevel,
    threads: null,
    listener: silent,
  })
  const tell = (event: RunEvent): void => {
    clock.pass(1000)
    listener(event)
  }
  for (const event of events) tell(event)
  const at = (): number => withLiveProgress(store.layout, operationOf(store.db)).progress.cursor.at
  return { ...store, tell, at, log: logPath(store.layout.logs, ID) }
}

describe('where a running operation stands', () => {
  it.each(['debug', 'info', 'warn', 'error'] as const)(
    'is what it has told last, whatever its log is to tell (%s)',
    (level) => {
      const { at, tell } = running([STARTED, progress(1)], level)
      expect(at()).toBe(1)
      tell(progress(2))
      tell({ kind: 'stopping', lastSaved: null, isSaving: true })
      expect(at()).toBe(2)
    },
  )

  it('is the same in a list and on its page', () => {
    const { db, layout } = running([STARTED, progress(7)])
    const [listed] = listOperationViews(db, layout, 0, {})
    const shown = viewOperationDetails(db, layout, operationOf(db), 0)
    for (const view of [listed, shown])
      expect(view).toMatchObject({
        progress: 0.07,
        cursor: { at: 7 },
        metrics: { trainLoss: 1 / 7 },
      })
  })

  it('of one that has just been started again is nothing that was told before', () => {
    expect(running([STARTED, progress(5), STARTED]).at()).toBe(0)
  })

  it('is what its row says when it keeps no log, or one that cannot be read', () => {
    expect(running([STARTED, progress(5)], 'silent').at()).toBe(0)
    const { at, log } = running([])
    mkdirSync(log, { recursive: true })
    expect(at()).toBe(0)
  })

  it('of one that has ended is what its row says', () => {
    const { db, at } = running([STARTED, progress(5)])
    endOne(db, 'failed')
    expect(at()).toBe(0)
  })

  it('is found at the end of a long log, behind a line that is half written', () => {
    const { at, log, tell } = running([STARTED])
    writeFileSync(log, `${'{"level":30,"time":1,"msg":"x"}\n'.repeat(20_000)}`)
    tell(progress(9))
    appendFileSync(log, '{"level":30,"time":1,"event":"progre')
    expect(at()).toBe(9)
  })
})
