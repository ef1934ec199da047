// What `doctor` has found, and what it has made again.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'
import { table } from './table.ts'
import { hanging } from './wrap.ts'

const VERDICTS: Readonly<Record<string, string>> = {
  ok: 'ok',
  warning: 'look',
  problem: 'PROBLEM',
}

export function findingsScreen(
  findings: readonly {
    readonly check: string
    readonly verdict: string
    readonly message: string
    readonly suggestions: readonly string[]
  }[],
  room = Infinity,
): string {
  const columns = [{ head: 'CHECK' }, { head: 'VERDICT' }, { head: 'WHAT', wraps: true }] as const
  const rows = findings.map(({ check, verdict, message }) => [
    check,
    VERDICTS[verdict] ?? verdict,
    message,
  ])
  const advice = findings
    .filter(({ verdict }) => verdict === 'warning')
    .flatMap(({ suggestions }) => suggestions)
  const next = [...new Set(advice)].map((command) => `Try this: ${command}`)
  return [table(columns, rows, room), next.join('\n')].filter(Boolean).join('\n\n')
}

type Unused = { readonly path: string; readonly reason: string }

export function rebuiltScreen(
  {
    brokenDatabase,
    operations,
    bundles,
    unusable,
    withoutTrace,
  }: {
    readonly brokenDatabase: string | null
    readonly operations: readonly {
      readonly operationId: string
      readonly seqs: readonly number[]
      readonly lost: readonly { readonly seq: number; readonly reason: string }[]
      readonly unused: readonly Unused[]
      readonly isResumable: boolean
    }[]
    readonly bundles: readonly { readonly kind: string; readonly path: string }[]
    readonly unusable: readonly Unused[]
    readonly withoutTrace: readonly string[]
  },
  room = Infinity,
): string {
  const lines = [
    ...(brokenDatabase === null ? [] : [`The broken database is kept as ${brokenDatabase}.`]),
    ...operations.flatMap(({ operationId, seqs, lost, unused, isResumable }) => [
      seqs.length === 0
        ? `${operationId} cannot come back: nothing of it could be read.`
        : `${operationId}: ${counted(seqs.length, 'checkpoint')} (${seqs.map((seq) => `#${seq}`).join(' ')})${isResumable ? '' : ', not resumable: its packs do not say what it was started with'}`,
      ...lost.map(({ seq, reason }) => `  lost #${seq}: ${reason}`),
      ...unused.map(({ path, reason }) => `  in quarantine ${path}: ${reason}`),
    ]),
    ...bundles.map(({ kind, path }) => `Registered the ${kind} ${path}.`),
    ...unusable.map(({ path, reason }) => `! Not registered, ${path}: ${reason}`),
    ...withoutTrace.map(
      (id) => `! ${id} cannot come back: it has a log, and nothing of it stands in packs.`,
    ),
  ]
  if (lines.length === 0) return 'Nothing to rebuild.'
  return lines.map((line) => hanging('', visible(line), room)).join('\n')
}
