// What `checkpoints verify` has found.

import { counted } from '../core/text.ts'
import { idText, size, visible } from './format.ts'
import { table } from './table.ts'
import { hanging } from './wrap.ts'

const WORDS = {
  ok: 'ok',
  damaged: 'DAMAGED',
  'too-new': 'TOO NEW',
  unreadable: 'UNREADABLE',
} as const

const ACTIONS: Readonly<Record<string, string>> = {
  quarantined: 'Quarantined',
  dropped: 'Dropped',
  left: 'Left as it is',
}

type Verification = {
  readonly checkpoints: readonly {
    readonly operationId: string
    readonly seq: number
    readonly sizeBytes: number
    readonly verdict: keyof typeof WORDS
    readonly reason: string | null
    readonly wasMarked: boolean
  }[]
  readonly total: number
  readonly vanished: number
  readonly problems: readonly { readonly subject: string; readonly message: string }[]
  readonly repairs: readonly {
    readonly action: string
    readonly subject: string
    readonly what: string
  }[]
}

/** Characters of a reason that is wrapped, which stands beside the id. */
const WIDTH_OF_REASON = 24

export function verificationScreen(verification: Verification, room = Infinity): string {
  const { checkpoints, total, vanished, problems, repairs } = verification
  if (total === 0 && problems.length === 0) return 'No checkpoints.'
  const rows = checkpoints.map(({ operationId, seq, sizeBytes, verdict, reason, wasMarked }) => [
    `${idText(operationId, room - WIDTH_OF_REASON)}@${seq}`,
    size(sizeBytes),
    WORDS[verdict],
    reason ?? (wasMarked ? 'It was marked as damaged and is not.' : ''),
  ])
  const hasReasons = rows.some((row) => row[3] !== '')
  const columns = [
    { head: 'CHECKPOINT' },
    { head: 'SIZE', align: 'right', gone: 1 },
    { head: 'VERDICT' },
    ...(hasReasons ? [{ head: 'WHY', wraps: true }] : []),
  ] as const
  const cells = hasReasons ? rows : rows.map((row) => row.slice(0, 3))
  const bytes = checkpoints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const bad = checkpoints.filter(({ verdict }) => verdict !== 'ok').length
  const isAll = checkpoints.length + vanished === total
  const what = isAll
    ? counted(checkpoints.length, 'checkpoint')
    : `${checkpoints.length} of ${counted(total, 'checkpoint')}`
  const lines = [
    `Read ${what}, ${size(bytes)}: ${bad === 0 ? 'every byte as it was saved' : `${bad} cannot be used`}.`,
    ...(vanished > 0 ? [`Passed over: ${vanished}, replaced or deleted meanwhile.`] : []),
  ]
  for (const { subject, message } of problems)
    lines.push(hanging('! ', visible(`${subject}: ${message}`), room))
  for (const repair of repairs)
    lines.push(
      hanging(
        `${ACTIONS[repair.action] ?? repair.action}: `,
        visible(`${repair.subject}: ${repair.what}`),
        room,
      ),
    )
  const head = checkpoints.length === 0 ? '' : `${table(columns, cells, room)}\n\n`
  return head + lines.join('\n')
}
