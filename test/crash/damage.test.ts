import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

// Damage to the newest checkpoint, on disk or in the database: it is noticed, said, and an older one is used, to the
// same bytes as ever.

let world: World
let reference: string

beforeAll(async () => {
  world = makeWorld()
  reference = (await ktrdr(world.train('--json'), { dataDir: world.dataDir('reference') })).json()
    .model.sha256
  return world.remove
})

type Place = {
  readonly newest: string
  readonly older: string
  /** Runs SQL as somebody with a SQLite shell would, without foreign keys. */
  readonly sql: (statement: string) => void
}

const DAMAGES: readonly (readonly [string, (place: Place) => void])[] = [
  ['one bit of the pack flipped', ({ newest }) => flip(newest, 2000)],
  ['one bit of its header flipped', ({ newest }) => flip(newest, 20)],
  ['the pack cut in half', ({ newest }) => truncateSync(newest, readFileSync(newest).length >> 1)],
  ['the pack emptied', ({ newest }) => truncateSync(newest, 0)],
  ['the pack deleted', ({ newest }) => rmSync(newest)],
  ['the pack replaced by the older one', ({ newest, older }) => copyFileSync(older, newest)],
  [
    'the two newest packs swapped',
    ({ newest, older }) => {
      renameSync(newest, `${newest}.x`)
      renameSync(older, newest)
      renameSync(`${newest}.x`, older)
    },
  ],
  [
    'its state in the database changed',
    ({ sql }) =>
      sql(
        `UPDATE blob SET inline = zeroblob(size_bytes) WHERE id = (SELECT blob_id FROM checkpoint_blob
           JOIN checkpoint ON checkpoint.id = checkpoint_id WHERE name = 'state' ORDER BY seq DESC LIMIT 1)`,
      ),
  ],
  [
    'a figure in its row changed',
    ({ sql }) =>
      sql('UPDATE checkpoint SET metric = 0 WHERE seq = (SELECT max(seq) FROM checkpoint)'),
  ],
  [
    'a part that is that of the one before',
    ({ sql }) =>
      sql(
        `UPDATE checkpoint_blob SET blob_id = (SELECT blob_id FROM checkpoint_blob AS older
             WHERE older.name = 'state' AND older.checkpoint_id < checkpoint_blob.checkpoint_id ORDER BY 1 DESC LIMIT 1)
           WHERE name = 'state' AND checkpoint_id = (SELECT max(id) FROM checkpoint)`,
      ),
  ],
  [
    'the row of its pack deleted',
    ({ sql }) => sql('DELETE FROM pack WHERE id = (SELECT max(id) FROM pack)'),
  ],
  [
    'its row deleted',
    ({ sql }) => sql('DELETE FROM checkpoint WHERE seq = (SELECT max(seq) FROM checkpoint)'),
  ],
]

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 4
  writeFileSync(path, bytes)
}

describe.concurrent('a checkpoint with', () => {
  it.each(DAMAGES)('%s is noticed, said, and replaced by an older one', async (what, damage) => {
    const dataDir = world.dataDir(what.replaceAll(' ', '-'))
    const flags = ['--checkpoint-every', '20batches', '--json']
    const fault = 'batch@40:flush,batch@60:flush,batch@80:flush,batch@81:kill' // saves of 20, 40, 60, 80
    await ktrdr(world.train(...flags), { dataDir, fault })
    const { checkpoints } = (
      await ktrdr(['checkpoints', 'list', 'latest', '--json'], { dataDir })
    ).json()
    const [newest, older] = await Promise.all(
      checkpoints
        .slice(0, 2)
        .map(async ({ operationId, seq }: { operationId: string; seq: number }) => {
          const shown = await ktrdr(['checkpoints', 'show', `${operationId}@${seq}`, '--json'], {
            dataDir,
          })
          return join(dataDir, 'packs', shown.json().path)
        }),
    )
    const sql = (statement: string): void => {
      const db = new Database(join(dataDir, 'ktrdr.db'))
      db.pragma('foreign_keys = OFF')
      expect(db.prepare(statement).run().changes, statement).toBe(1)
      db.close()
    }
    damage({ newest: newest!, older: older!, sql })

    const resumed = await ktrdr(['operations', 'resume', 'latest'], { dataDir })
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(resumed.stderr).toContain(
      `! Checkpoint #${checkpoints[0].seq} cannot be used, an older one is:`,
    )
    const [, usedSeq] = /Resumed +from .*\(checkpoint #(\d+),/.exec(resumed.stderr)!
    expect(Number(usedSeq)).toBeLessThan(checkpoints[0].seq)
    expect(resumed.stdout).toContain(reference)
  })
})
