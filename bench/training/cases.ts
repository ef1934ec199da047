// What is measured: networks of three sizes and two recurrent ones, trained and asked, as upstream's users have them.

export type BenchNetwork =
  | { readonly kind: 'mlp'; readonly inputs: number; readonly hiddenLayers: readonly number[] }
  | {
      readonly kind: 'lstm' | 'gru'
      readonly inputs: number
      readonly sequenceLength: number
      readonly hiddenSize: number
    }

/** One measurement to make; sent to the peers as it is. */
export type BenchCase = {
  readonly name: string
  readonly work: 'train' | 'predict'
  readonly network: BenchNetwork
  readonly batch: number
  /** Of every hidden layer; 0 when predicting. */
  readonly dropout: number
}

/** Every network ends in three classes. */
export const OUTPUTS = 3
/** Samples of the data set. */
export const SAMPLES = 8192

const recurrent = (
  kind: 'lstm' | 'gru',
  sequenceLength: number,
  hiddenSize: number,
): BenchNetwork => ({ kind, inputs: 30, sequenceLength, hiddenSize })

const NETWORKS = {
  S: { kind: 'mlp', inputs: 20, hiddenLayers: [64, 32] },
  M: { kind: 'mlp', inputs: 60, hiddenLayers: [256, 128, 64] },
  L: { kind: 'mlp', inputs: 200, hiddenLayers: [512, 512] },
  'LSTM-30x64': recurrent('lstm', 30, 64),
  'LSTM-60x128': recurrent('lstm', 60, 128),
  'GRU-30x64': recurrent('gru', 30, 64),
} as const satisfies Record<string, BenchNetwork>

type NetworkName = keyof typeof NETWORKS

const TRAINED: readonly (readonly [NetworkName, readonly number[]])[] = [
  ['S', [32, 256, 1024]],
  ['M', [32, 256, 1024]],
  ['L', [32, 256, 1024]],
  ['LSTM-30x64', [64]],
  ['LSTM-60x128', [256]],
  ['GRU-30x64', [64]],
]
const ASKED: readonly NetworkName[] = ['S', 'M', 'L', 'LSTM-30x64']
const ASKED_AT_ONCE = [1, 1024]

/** All cases; training once with each of `dropouts`. */
export function allCases(dropouts: readonly number[]): BenchCase[] {
  const trained = TRAINED.flatMap(([name, batches]) =>
    batches.flatMap((batch) =>
      dropouts.map((dropout): BenchCase => {
        const network = NETWORKS[name]
        return { name: `${name}-${batch}`, work: 'train', network, batch, dropout }
      }),
    ),
  )
  const asked = ASKED.flatMap((name) =>
    ASKED_AT_ONCE.map((batch): BenchCase => {
      const network = NETWORKS[name]
      return { name: `predict-${name}-${batch}`, work: 'predict', network, batch, dropout: 0 }
    }),
  )
  return [...trained, ...asked]
}
