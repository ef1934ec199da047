// Columns of numbers as text in a page: base64 of little-endian floats, which a browser reads back without parsing.

export type ColumnText = { readonly f32: string } | { readonly f64: string }

/** As float32: enough for every pixel and for seven digits in a legend. */
export function floats(values: ArrayLike<number>): ColumnText {
  return { f32: base64(Float32Array.from(values)) }
}

/** As float64: for moments and for figures that are shown to the last digit. */
export function doubles(values: ArrayLike<number>): ColumnText {
  return { f64: base64(Float64Array.from(values)) }
}

function base64({ buffer }: Float32Array | Float64Array): string {
  return Buffer.from(buffer as ArrayBuffer).toString('base64')
}
