// Whether a result is of bars that were seen before, in capitals.

export type SampleFacts = {
  /** null: of signals from a file or of rules, which nobody knows it of. */
  readonly isOutOfSample: boolean | null
  /** Of signals from a file. */
  readonly signals?: object
}

export function sampleText({ isOutOfSample, signals }: SampleFacts): string {
  if (isOutOfSample === null) return signals ? 'SIGNALS OF A FILE' : 'RULES, NOT TRAINED'
  return isOutOfSample ? 'OUT OF SAMPLE' : 'IN SAMPLE'
}
