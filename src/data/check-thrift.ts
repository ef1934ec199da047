// Whether bytes are a record of Thrift's compact protocol that is worth unpacking, before that is done: what unpacks it makes
// room for as many values as a list claims to have, and follows any depth.
// Format: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12,
] as const

const MOST_DEPTH = 32
const MOST_VALUES = 1_000_000
/** Of 64 bits, seven in a byte. */
const MOST_VARINT_BYTES = 10

/** @throws Error with a reason when the record that begins at `offset` does not end, or is larger than any file needs */
export function checkThrift(bytes: Uint8Array, offset = 0): void {
  let at = offset
  let values = 0

  const next = (): number => {
    const byte = bytes[at++]
    if (byte === undefined) throw new Error('a record of it does not end')
    return byte
  }
  /** Its lowest 32 bits or so, which is all that a size may have. */
  const varint = (): number => {
    let value = 0
    for (let i = 0; i < MOST_VARINT_BYTES; i++) {
      const byte = next()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Error('a number of it does not end')
  }
  const pass = (count: number): void => {
    if (count > bytes.length - at) throw new Error('a value of it is longer than the file')
    at += count
  }
  const list = (depth: number): void => {
    const byte = next()
    const count = byte >> 4 === 15 ? varint() : byte >> 4
    const type = byte & 15
    if (count > bytes.length - at) throw new Error('a list of it has more values than bytes')
    for (let i = 0; i < count; i++) value(type === TRUE || type === FALSE ? BYTE : type, depth + 1)
  }
  const struct = (depth: number): void => {
    for (let byte = next(); (byte & 15) !== STOP; byte = next()) {
      if (byte >> 4 === 0) varint() // the number of the field, when it is far from the one before
      value(byte & 15, depth + 1)
    }
  }
  const value = (type: number, depth: number): void => {
    if (depth > MOST_DEPTH) throw new Error('it is nested too deep')
    if (++values > MOST_VALUES) throw new Error(`it has more than ${MOST_VALUES} values`)
    if (type === BYTE) pass(1)
    else if (type === I16 || type === I32 || type === I64) varint()
    else if (type === DOUBLE) pass(8)
    else if (type === BINARY) pass(varint())
    else if (type === LIST) list(depth)
    else if (type === STRUCT) struct(depth)
    else if (type !== TRUE && type !== FALSE) throw new Error(`a value of it is of no known type`)
  }
  struct(0)
}
