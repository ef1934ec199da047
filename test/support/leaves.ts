// Every single value of a state, found without the codec of core/snapshot: the judge must not be the accused.

export type Leaf = {
  readonly path: string
  readonly kind: 'number' | 'string' | 'boolean' | 'null' | 'element'
  /** Changes the value in the live state, and back again. */
  readonly change: () => void
  readonly restore: () => void
}

type Slot = Record<string, unknown>

/** Leaves of `value`; functions are not state. An element of a typed array changes in its lowest bit. */
export function leavesOf(value: object, path = ''): Leaf[] {
  if (ArrayBuffer.isView(value)) return elementsOf(value, path)
  return Object.keys(value).flatMap((key) =>
    leafOf(value as Slot, key, path === '' ? key : `${path}.${key}`),
  )
}

function leafOf(holder: Slot, key: string, path: string): Leaf[] {
  const value = holder[key]
  const leaf = (kind: Leaf['kind'], changed: unknown): Leaf[] => [
    {
      path,
      kind,
      change: () => {
        holder[key] = changed
      },
      restore: () => {
        holder[key] = value
      },
    },
  ]
  switch (typeof value) {
    case 'number':
      return leaf('number', value === 0 ? -value : nextAfter(value))
    case 'string':
      return leaf('string', `${value}\u0000`)
    case 'boolean':
      return leaf('boolean', !value)
    case 'object':
      return value === null ? leaf('null', 0) : leavesOf(value, path)
    case 'function':
      return []
    default:
      throw new Error(`${path} is ${typeof value}`)
  }
}

function elementsOf(view: ArrayBufferView, path: string): Leaf[] {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  const length = (view as unknown as { length: number }).length
  const width = view.byteLength / length
  return Array.from({ length }, (_, i) => {
    const flip = (): void => {
      bytes[i * width]! ^= 1
    }
    return { path: `${path}[${i}]`, kind: 'element' as const, change: flip, restore: flip }
  })
}

/** The float64 beside x: the smallest change there is. */
function nextAfter(x: number): number {
  const float = Float64Array.of(x)
  const bits = new BigInt64Array(float.buffer)
  bits[0]! += 1n
  return float[0]!
}
