// Orders of a backtest that were not filled: a line for each reason, with what to look at.

import { REJECTION_TEXT } from '../backtest/rejection-text.ts'
import { counted } from '../core/text.ts'

export type Rejections = {
  /** By their reason. */
  readonly rejectedOrders: Readonly<Record<string, number>>
  /** The first of them; absent in results of before. */
  readonly rejections?: readonly {
    readonly symbol: string
    readonly timeMs: number
    readonly side: string
    readonly reason: string
  }[]
}

export function rejectionWarnings({ rejectedOrders, rejections = [] }: Rejections): string[] {
  return Object.entries(rejectedOrders)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => {
      const first = rejections.find((one) => one.reason === reason)
      const since = first
        ? ` The first: ${first.side} ${first.symbol}, ${new Date(first.timeMs).toISOString().slice(0, 10)}.`
        : ''
      return `! ${counted(count, 'order')} ${count === 1 ? 'was' : 'were'} not filled: ${reasonText(reason)}.${since}`
    })
}

const REMEDIES: Readonly<Record<string, string>> = {
  zeroSize: '--size, --capital, --whole-units, --lot-step',
  noMargin: '--leverage',
  noVolume: '--slippage-of-volume',
  expired: '--order-expiry',
}

function reasonText(reason: string): string {
  const words = Object.hasOwn(REJECTION_TEXT, reason)
    ? REJECTION_TEXT[reason as keyof typeof REJECTION_TEXT]
    : reason
  return Object.hasOwn(REMEDIES, reason) ? `${words} (see ${REMEDIES[reason]})` : words
}
