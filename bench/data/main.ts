// How fast bars are read, kept, written and resampled: a million minutes of a made-up market.
//
//   node scripts/node.mjs bench/data/main.ts [ROWS]

import { mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { barsTable } from '../../src/data/bars-table.ts'
import { checkBars } from '../../src/data/check-bars.ts'
import { fingerprintBars } from '../../src/data/fingerprint.ts'
import { readBars } from '../../src/data/read-bars.ts'
import { resampleBars } from '../../src/data/resample.ts'
import { synthesizeBars } from '../../src/data/synthesize.ts'
import { writeTable } from '../../src/data/write-table.ts'

const RUNS = 5
const rows = Number(process.argv[2] ?? 1_000_000)
const { bars } = synthesizeBars({
  bars: rows,
  timeframe: '1m',
  seed: 1,
  market: 'forex',
  startMs: Date.UTC(2015, 0, 1),
})
const directory = mkdtempSync(join(tmpdir(), 'ktrdr-bench-'))
try {
  console.log(
    `${rows} bars of 1m, ${process.version}, processor time: first, median and least of ${RUNS}\n`,
  )
  for (const ending of ['csv', 'csv.gz', 'parquet']) {
    const path = join(directory, `bars.${ending}`)
    await report(`write ${ending}`, () => writeTable(path, barsTable(bars), { force: true }))
    await report(`read ${ending} (${(statSync(path).size / 1e6).toFixed(1)} MB)`, () =>
      readBars(path),
    )
  }
  const path = join(directory, 'bars.csv')
  utimesSync(path, 0, 0) // what was changed a moment ago is not kept
  const cache = { directory: join(directory, 'cache') }
  await report('read csv and keep it', async () => {
    rmSync(cache.directory, { recursive: true, force: true })
    await readBars(path, {}, cache)
  })
  await report('find it again', () => readBars(path, {}, cache))
  await report('check', () => checkBars(bars))
  await report('fingerprint', () => fingerprintBars(bars))
  await report('resample to 1h', () => resampleBars(bars, '1m', '1h'))
} finally {
  rmSync(directory, { recursive: true })
}

async function report(what: string, work: () => unknown): Promise<void> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startMs = cpuMs()
    await work()
    times.push(cpuMs() - startMs)
  }
  const sorted = times.toSorted((a, b) => a - b)
  const figures = [times[0]!, sorted[RUNS >> 1]!, sorted[0]!].map((ms) => ms.toFixed(0).padStart(6))
  console.log(`${what.padEnd(28)} ${figures.join(' ')} ms`)
}

/** Of the processor: a machine that does other things counts less. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
