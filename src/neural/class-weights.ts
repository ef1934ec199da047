// Class weights against imbalance: w_c = (1/n_c) / Σ(1/n) · K over the classes that occur; others weigh 0 (W34).

export function classWeights(targets: Float32Array, classCount: number): number[] {
  const counts = Array.from({ length: classCount }, () => 0)
  for (const target of targets) counts[target]! += 1
  const inverse = counts.map((count) => (count === 0 ? 0 : 1 / count))
  const total = inverse.reduce((sum, value) => sum + value, 0)
  return inverse.map((value) => (value / total) * classCount)
}
