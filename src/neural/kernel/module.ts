// The kernel as WebAssembly: a pure function of the shape of the tile. One module serves every network.

import { defineActivations } from './routines/activation.ts'
import { defineClassificationLosses } from './routines/classification-loss.ts'
import { defineColumnSum } from './routines/column-sum.ts'
import { createConstants } from './routines/constants.ts'
import { defineGather } from './routines/gather.ts'
import { defineOptimizers } from './routines/optimizers.ts'
import { defineGruCell } from './routines/gru-cell.ts'
import { defineLstmCell } from './routines/lstm-cell.ts'
import { defineProductFrom } from './routines/product-from.ts'
import { defineProducts } from './routines/product.ts'
import { defineVectorSum } from './routines/vector-sum.ts'
import { defineRegressionLosses } from './routines/regression-loss.ts'
import { defineRowSquares } from './routines/row-squares.ts'
import { defineSoftmax } from './routines/softmax.ts'
import { NARROW_TILE, WIDE_TILE } from './routines/tile.ts'
import { defineTranspose } from './routines/transpose.ts'
import { defineVectorProducts } from './routines/vector-product.ts'
import { defineWeightGradient } from './routines/weight-gradient.ts'
import { buildModule } from '../../wasm/module.ts'

/** @param wide for a V8 that joins pairs of 128-bit operations into 256 bits; the bits of the results are the same */
export function kernelModuleBytes(wide: boolean): Uint8Array {
  const module = buildModule()
  const constants = createConstants()
  defineGather(module)
  const tile = wide ? WIDE_TILE : NARROW_TILE
  defineProducts(module, constants, tile)
  defineProductFrom(module, tile)
  defineVectorProducts(module)
  defineVectorSum(module)
  defineLstmCell(module, constants)
  defineGruCell(module, constants)
  defineActivations(module, constants)
  defineClassificationLosses(module, constants)
  defineRegressionLosses(module)
  defineSoftmax(module, constants)
  defineWeightGradient(module, tile.panels)
  defineColumnSum(module)
  defineRowSquares(module)
  defineOptimizers(module, constants)
  defineTranspose(module)
  return module.bytes(constants.data())
}
