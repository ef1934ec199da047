import {
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../support/program.ts'
import { openDataDir } from './examine.ts'
import { differences, readBundle } from './files.ts'
import { unclear } from './clear-words.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import { sideBySide } from './side-by-side.ts'
import { storeRun, type StoredRun } from './stored-run.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { FACTS, type Workload } from './workload.ts'

// A disk that gives back other bytes than it was given: single bits, lost tails, zeroed sectors, files that have
// changed places.

const WIDTH = 3
const SMALL_BYTES = 16_384
const SECTOR_BYTES = 512

let laboratory: Laboratory
let workload: Workload
let stored: StoredRun
beforeAll(async () => {
  laboratory = await openLaboratory()
  workload = laboratory.of.training
  stored = await storeRun(workload, 'stored', 'batch@50:kill')
  return laboratory.close
})

/** A copy of the stored run; the caller damages it. */
function copyOf(name: string): string {
  const dataDir = `${stored.dataDir}-${name}`
  cpSync(stored.dataDir, dataDir, { recursive: true })
  return dataDir
}

function flipBit(path: string, bit: number): void {
  const bytes = readFileSync(path)
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  writeFileSync(path, bytes)
}

const resume = (dataDir: string): Promise<RunResult> =>
  workload.ask(dataDir, 'operations', 'resume', stored.operationId, '--json', '--progress', 'json')

const complaint = ({ code, signal, stdout, stderr }: RunResult): string =>
  `a resume exits ${code ?? signal}: ${stdout}${stderr}`

function wrongBytes(resumed: RunResult): string[] {
  const { path } = resumed.json()[FACTS[workload.kind].bundle]
  return differences(readBundle(path), workload.expected).map((name) => `${name} has other bytes`)
}

/** What is wrong with a resume from damaged bytes: it must tell of the damage, use an older one, and lose nothing. */
async function resumeFrom(dataDir: string): Promise<string[]> {
  const resumed = await resume(dataDir)
  if (resumed.code !== 0) return [complaint(resumed)]
  const violations = wrongBytes(resumed)
  const told = resumed.events().find(({ event }) => event === 'damaged')
  if (told?.['seq'] !== stored.seqs[0]) violations.push('the damage was not told')
  const from: number = resumed.json().resumedFrom.seq
  if (!stored.seqs.slice(1).includes(from)) violations.push(`it was resumed from ${from}`)
  return violations
}

type Damage = readonly [name: string, damage: (newest: string, older: string) => void]

const DAMAGES: readonly Damage[] = [
  ...[0, 1, 8, SECTOR_BYTES, -1].map((length): Damage => [
    `cut to ${length} bytes`,
    (newest) => truncateSync(newest, length < 0 ? statSync(newest).size - 1 : length),
  ]),
  ['with bytes behind it', (newest) => writeFileSync(newest, 'x', { flag: 'a' })],
  ...[0, 1, 2].map((sector): Damage => [
    `with sector ${sector} zeroed`,
    (newest) => {
      const bytes = readFileSync(newest)
      writeFileSync(newest, bytes.fill(0, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES))
    },
  ]),
  ['replaced by the older one', (newest, older) => cpSync(older, newest)],
  [
    'that changed places with the older one',
    (newest, older) => {
      renameSync(newest, `${newest}.x`)
      renameSync(older, newest)
      renameSync(`${newest}.x`, older)
    },
  ],
  ['that is gone', (newest) => rmSync(newest)],
]

describe.concurrent('the newest file of a checkpoint', () => {
  it('with any bit flipped is noticed', async () => {
    const dataDir = copyOf('bits')
    const [newest] = stored.files
    const path = join(dataDir, newest!)
    const intact = readFileSync(path)
    expect(intact.length, 'a small file').toBeLessThan(SMALL_BYTES)
    const bits = Array.from({ length: intact.length * 8 }, (_, bit) => bit)
    const chosen = sample(bits, quickOrFull(1500, Infinity), randomOf('bits'))
    const ktrdr = await openDataDir(dataDir)
    const damageOf = (): string | null =>
      ktrdr.checkpoints.show(`${stored.operationId}@${stored.seqs[0]}`).damage
    expect(damageOf()).toBeNull()
    const unnoticed: number[] = []
    for (const bit of chosen) {
      flipBit(path, bit)
      if (damageOf() === null) unnoticed.push(bit)
      writeFileSync(path, intact)
      await breathe() // a worker that does not answer for minutes is taken for dead
    }
    ktrdr.close()
    printFigures(
      'bits of a checkpoint',
      `${chosen.length} flips in ${intact.length} bytes, ${unnoticed.length} unnoticed`,
    )
    expect(unnoticed).toEqual([])
  })

  it('with any bit flipped is told of, and an older one leads to the same bytes', async () => {
    const size = statSync(join(stored.dataDir, stored.files[0]!)).size
    const random = randomOf('resumed-bits')
    const bits = Array.from({ length: quickOrFull(6, 60) }, () => random.nextBelow(size * 8))
    const violations = await sideBySide(bits, WIDTH, async (bit) => {
      const dataDir = copyOf(`bit-${bit}`)
      flipBit(join(dataDir, stored.files[0]!), bit)
      return (await resumeFrom(dataDir)).map((what) => `bit ${bit}: ${what}`)
    })
    expect(violations.flat()).toEqual([])
  })

  it.each(DAMAGES)(
    '%s is told of, and an older one leads to the same bytes',
    async (name, damage) => {
      const dataDir = copyOf(name.replaceAll(' ', '-'))
      damage(join(dataDir, stored.files[0]!), join(dataDir, stored.files[1]!))
      expect(await resumeFrom(dataDir)).toEqual([])
    },
  )
})

describe('the database', () => {
  it('with any bit flipped leads to the same bytes, or to a clear refusal', async () => {
    const size = statSync(join(stored.dataDir, 'ktrdr.db')).size
    const random = randomOf('database-bits')
    const bits = Array.from({ length: quickOrFull(30, 600) }, () => random.nextBelow(size * 8))
    let refused = 0
    const violations = await sideBySide(bits, WIDTH, async (bit, i) => {
      const dataDir = copyOf(`database-${i}`)
      flipBit(join(dataDir, 'ktrdr.db'), bit)
      const resumed = await resume(dataDir)
      if (resumed.code !== 0) refused++
      const found = resumed.code === 0 ? wrongBytes(resumed) : unclear(resumed)
      rmSync(dataDir, { recursive: true })
      return found.map((what) => `bit ${bit}: ${what}`)
    })
    printFigures('bits of the database', `${bits.length} flips, ${refused} refused`)
    expect(violations.flat()).toEqual([])
  })
})
