// Numbers as WebAssembly writes them: LEB128 integers, little-endian floats, counted lists.

/** Unsigned LEB128. */
export function unsigned(n: number): number[] {
  if (n >= 0 && n < 0x80) return [n]
  const bytes: number[] = []
  let rest = n >>> 0
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(n: number): number[] {
  const bytes: number[] = []
  let rest = n | 0
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

export function int32Bytes(values: readonly number[]): number[] {
  return [...new Uint8Array(Int32Array.from(values).buffer)]
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The 32 bits of a float32, as a signed integer. */
export function float32Bits(x: number): number {
  float[0] = x
  return bits[0]!
}

/** A list with its length in front. */
export function counted(items: readonly (readonly number[])[]): number[] {
  return unsigned(items.length).concat(...items)
}

/** Bytes with their number in front. */
export function sized(bytes: readonly number[]): number[] {
  return unsigned(bytes.length).concat(bytes)
}

export function text(value: string): number[] {
  return sized(Array.from(value, (letter) => letter.charCodeAt(0)))
}
