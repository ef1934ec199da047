// The report as Markdown: one table for each number of threads and each dropout, cases in the order of cases.ts.

import { allCases } from './cases.ts'
import type { Report, Result } from './results.ts'

export function markdown(report: Report): string {
  const { machine, peers, rounds, seconds } = report
  const intro = [
    '## Training step and prediction',
    '',
    `${machine}. ${peers.ktrdr}; ${peers.torch ?? 'without PyTorch'}. Medians of ${rounds} rounds of ${seconds} s, the`,
    'two interleaved; float32, AdamW, cross-entropy, no clipping. *p25* is the lower quartile of the steps. *Ratio* is',
    'how many times as long PyTorch takes: of the p25, and of the processor time of all threads.',
    '',
    '![How many times as fast as PyTorch](training.svg)',
  ]
  return `${[...intro, ...groups(report.results).flatMap(table)].join('\n')}\n`
}

type Group = { readonly title: string; readonly results: readonly Result[] }

function groups(results: readonly Result[]): Group[] {
  const titles = [...new Set(inOrder(results).map(titleOf))]
  return titles.map((title) => ({
    title,
    results: inOrder(results).filter((result) => titleOf(result) === title),
  }))
}

function titleOf({ work, threads, dropout }: Result): string {
  const who = `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  if (work === 'predict') return `Prediction, ${who}`
  return `Training, ${who}, ${dropout === 0 ? 'no dropout' : `dropout ${dropout}`}`
}

/** Training before prediction, fewer threads first, then as in cases.ts. */
export function inOrder(results: readonly Result[]): Result[] {
  const names = allCases([0]).map(({ name }) => name)
  return results.toSorted(
    (a, b) =>
      Number(a.work === 'predict') - Number(b.work === 'predict') ||
      a.threads - b.threads ||
      b.dropout - a.dropout ||
      names.indexOf(a.name) - names.indexOf(b.name),
  )
}

function table({ title, results }: Group): string[] {
  const unit = results[0]!.work === 'train' ? 'µs a step' : 'µs a call'
  return [
    '',
    `### ${title}`,
    '',
    `| ${unit} | PyTorch | p25 | CPU | ktrdr | p25 | CPU | ratio | CPU ratio |`,
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...results.map(row),
  ]
}

function row({ name, ktrdr, torch }: Result): string {
  const times = (summary: Result['ktrdr']): string[] =>
    [summary.median, summary.p25, summary.cpu].map(microseconds)
  const ratios = torch ? [`**${ratio(torch.ratio.wall)}**`, ratio(torch.ratio.cpu)] : ['–', '–']
  const cells = [name, ...(torch ? times(torch) : ['–', '–', '–']), ...times(ktrdr), ...ratios]
  return `| ${cells.join(' | ')} |`
}

export function microseconds(seconds: number): string {
  const us = seconds * 1e6
  if (us >= 100) return Math.round(us).toLocaleString('en-US').replaceAll(',', ' ')
  return us.toFixed(us < 10 ? 2 : 1)
}

export function ratio(times: number): string {
  return `${times.toFixed(times < 10 ? 2 : 1)}×`
}
