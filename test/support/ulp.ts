const floats = new Float32Array(1)
const bits = new Int32Array(floats.buffer)

/** Distance to the next float32 above |x|. */
export function ulpOf(x: number): number {
  floats[0] = Math.abs(x)
  const here = floats[0]
  bits[0]! += 1
  return floats[0] - here
}
