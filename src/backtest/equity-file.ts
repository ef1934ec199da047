// equity.safetensors: the columns of the equity as they are in memory, so that a million bars are written and read in
// some milliseconds. Tensors of float64, one value a bar: `time_ms`, `equity`, and `close.SYMBOL` and `units.SYMBOL` of
// each symbol, in their order.

import { KtrdrError } from '../core/errors.ts'
import { decodeSafetensors, encodeSafetensors } from '../core/safetensors.ts'
import type { NamedArray } from '../core/snapshot.ts'
import type { EquityColumns } from './equity-columns.ts'

export const EQUITY_FILE = 'equity.safetensors'

const CLOSE = 'close.'
const UNITS = 'units.'

export function equityFile({ firstBar, timeMs, equity, instruments }: EquityColumns): Uint8Array {
  const tensor = (name: string, data: Float64Array): NamedArray => ({
    name,
    dtype: 'F64',
    shape: [data.length],
    data,
  })
  return encodeSafetensors({
    metadata: { format: '1', ...(firstBar === null ? {} : { firstBar: String(firstBar) }) },
    arrays: [
      tensor('time_ms', timeMs),
      tensor('equity', equity),
      ...instruments.flatMap(({ symbol, close, units }) => [
        tensor(`${CLOSE}${symbol}`, close),
        tensor(`${UNITS}${symbol}`, units),
      ]),
    ],
  })
}

/** @throws DATA_INVALID for a format that is not known, CHECKPOINT_CORRUPT for what is no such file */
export function readEquityFile(file: Uint8Array): EquityColumns {
  const { metadata, arrays } = decodeSafetensors(file)
  const { format, firstBar } = metadata
  if (format !== '1') throw unreadable(`its format is ${format ?? 'not given'}, expected 1`)
  const named = new Map(arrays.map((array) => [array.name, array]))
  const column = (name: string): Float64Array => {
    const data = named.get(name)?.data
    if (!(data instanceof Float64Array)) throw unreadable(`it has no column ${name}`)
    return data
  }
  const timeMs = column('time_ms')
  if (arrays.some(({ data }) => data.length !== timeMs.length))
    throw unreadable('its columns differ in length')
  const symbols = arrays.flatMap(({ name }) =>
    name.startsWith(CLOSE) ? [name.slice(CLOSE.length)] : [],
  )
  return {
    firstBar: firstBar === undefined ? null : Number(firstBar),
    timeMs,
    equity: column('equity'),
    instruments: symbols.map((symbol) => ({
      symbol,
      close: column(`${CLOSE}${symbol}`),
      units: column(`${UNITS}${symbol}`),
    })),
  }
}

function unreadable(what: string): KtrdrError {
  return new KtrdrError('DATA_INVALID', `This is no ${EQUITY_FILE} of a backtest: ${what}.`, {
    suggestions: ['Run the backtest again, or read it with the ktrdr that wrote it.'],
  })
}
