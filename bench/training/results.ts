// Results of the training bench: what is kept of the rounds of a case, and the file that collects them, so that a
// long bench can be run in parts.

import { existsSync, readFileSync } from 'node:fs'
import type { BenchCase } from './cases.ts'
import type { Measurement } from './peer.ts'
import { median } from './statistics.ts'

/** Medians over the rounds, in seconds a step. */
export type Summary = Pick<Measurement, 'median' | 'p25' | 'cpu'>

/** How many times as long PyTorch takes: the median over the rounds of what each pair says; by the clock, of the p25. */
export type Ratio = { readonly wall: number; readonly cpu: number }

export type Result = Pick<BenchCase, 'name' | 'work' | 'dropout'> & {
  readonly threads: number
  readonly ktrdr: Summary
  readonly torch: (Summary & { readonly ratio: Ratio }) | null
}

export type Report = {
  readonly machine: string
  /** Descriptions of the peers of the latest run. */
  readonly peers: { readonly ktrdr: string; readonly torch: string | null }
  readonly rounds: number
  readonly seconds: number
  readonly results: readonly Result[]
}

export type Round = { readonly ktrdr: Measurement; readonly torch: Measurement | null }

export function summarise(
  { name, work, dropout }: BenchCase,
  threads: number,
  rounds: readonly Round[],
): Result {
  const pairs = rounds.flatMap(({ ktrdr, torch }) => (torch ? [{ ktrdr, torch }] : []))
  const torch = pairs.length > 0 && {
    ...summary(pairs.map((pair) => pair.torch)),
    ratio: {
      wall: median(pairs.map((pair) => pair.torch.p25 / pair.ktrdr.p25)),
      cpu: median(pairs.map((pair) => pair.torch.cpu / pair.ktrdr.cpu)),
    },
  }
  const ktrdr = summary(rounds.map((round) => round.ktrdr))
  return { name, work, dropout, threads, ktrdr, torch: torch || null }
}

function summary(measurements: readonly Measurement[]): Summary {
  return {
    median: median(measurements.map((m) => m.median)),
    p25: median(measurements.map((m) => m.p25)),
    cpu: median(measurements.map((m) => m.cpu)),
  }
}

const keyOf = ({ name, dropout, threads }: Result): string => `${threads}/${dropout}/${name}`

/** The report with the results of an earlier one, of the same machine and engine, that it has not measured anew. */
export function withEarlier(report: Report, file: string): Report {
  if (!existsSync(file)) return report
  const earlier = JSON.parse(readFileSync(file, 'utf8')) as Report
  if (earlier.machine !== report.machine || earlier.peers.ktrdr !== report.peers.ktrdr)
    return report
  const measured = new Set(report.results.map(keyOf))
  const kept = earlier.results.filter((result) => !measured.has(keyOf(result)))
  const torch = report.peers.torch ?? earlier.peers.torch
  return { ...report, peers: { ...report.peers, torch }, results: [...kept, ...report.results] }
}
