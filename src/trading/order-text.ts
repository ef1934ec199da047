// What an entry is, in text: "market", "close", "limit:0.5%", "stop:1atr", "stop-limit:1%,0.2%". How long a resting order
// waits is a setting of its own.

import { distanceText, parseDistance } from './distance-text.ts'
import type { Distance, EntryOrder } from './simulation-settings.ts'

export function parseOrder(text: string): EntryOrder | undefined {
  if (text === 'market') return { type: 'market', at: 'open' }
  if (text === 'close') return { type: 'market', at: 'close' }
  const [, type, rest = ''] = /^(limit|stop|stop-limit):(.+)$/.exec(text) ?? []
  const distances = rest.split(',').map((part) => orderDistance(part.trim()))
  const [offset, limit, ...others] = distances
  if (offset === undefined || others.length > 0) return undefined
  if (type === 'stop-limit') return limit && { type, offset, limit, expiryBars: null }
  if (distances.length > 1 || (type !== 'limit' && type !== 'stop')) return undefined
  return { type, offset, expiryBars: null }
}

/** 0 is possible: the close itself. */
function orderDistance(text: string): Distance | undefined {
  const distance = parseDistance(text)
  return distance?.kind === 'ratio' && distance.ratio >= 1 ? undefined : distance
}

export function orderText(order: EntryOrder): string {
  if (order.type === 'market') return order.at === 'open' ? 'market' : 'close'
  const offset = `${order.type}:${distanceText(order.offset)}`
  return order.type === 'stop-limit' ? `${offset},${distanceText(order.limit)}` : offset
}
