// Protocol buffers, as far as writing needs them (protobuf.dev/programming-guides/encoding): a message is its fields one
// after the other, each a tag, number · 8 + wire type, and a value.

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** A message, or several fields of one. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const field of fields) {
    all.set(field, at)
    at += field.length
  }
  return all
}

/** @param value 0 or more, a safe integer */
export function integerField(number: number, value: number): Uint8Array {
  return Uint8Array.of(...varint(number * 8 + VARINT), ...varint(value))
}

export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return Uint8Array.of(...varint(number * 8 + FIXED_32), ...bytes)
}

/** A text, bytes, or a message inside of one. */
export function bytesField(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const head = [...varint(number * 8 + LENGTH_DELIMITED), ...varint(bytes.length)]
  return message(Uint8Array.from(head), bytes)
}

/** Seven bits a byte, the lowest first; all but the last have their eighth bit set. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}
