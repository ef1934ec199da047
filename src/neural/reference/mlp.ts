// The multilayer perceptron in plain TypeScript. For a batch of rows m and layers l = 0 … L−1:
//
//   forward    zₗ = aₗ₋₁·Wₗᵀ + bₗ;  aₗ = dropout(activation(zₗ)) for hidden layers;  the last layer stays linear
//   backward   ∂aₗ₋₁ = ∂zₗ·Wₗ, then through dropout and activation to ∂zₗ₋₁;  ∂Wₗ = ∂zₗᵀ·aₗ₋₁, ∂bₗ = Σₘ ∂zₗ

import { layerSizes } from '../initialise.ts'
import type { MlpShape } from '../network.ts'
import { activate, activationGradient } from './activation.ts'
import { addLinearGradient, inputGradient, linearForward, linearNamed } from './linear.ts'
import type { Parameters } from './parameters.ts'
import type { Forward } from './pass.ts'

export function mlpForward(shape: MlpShape, parameters: Parameters): Forward {
  const { activation } = shape
  const layers = layerSizes(shape).map((size, l) => ({
    ...size,
    ...linearNamed(parameters, `layers.${l}`),
  }))
  const last = layers.length - 1

  return (window, drop) => {
    const inputs = [window[0]!] // of each layer: after the activation and the dropout of the one below
    const activated: Float32Array[] = []
    for (const [l, layer] of layers.slice(0, last).entries()) {
      const a = linearForward(inputs[l]!, layer)
      activate(activation, a, a.length)
      activated.push(a)
      inputs.push(drop(l, a, layer.outputs))
    }
    const outputs = linearForward(inputs[last]!, layers[last]!)

    function backward(dOutputs: Float32Array): void {
      let dz = dOutputs
      for (let l = last; l >= 0; l--) {
        const layer = layers[l]!
        addLinearGradient(inputs[l]!, dz, layer)
        if (l === 0) return
        dz = drop(l - 1, inputGradient(dz, layer.weight), layer.inputs)
        activationGradient(activation, activated[l - 1]!, dz, dz.length)
      }
    }
    return { outputs, backward }
  }
}
