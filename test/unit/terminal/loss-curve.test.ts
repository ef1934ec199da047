import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Progress } from '../../../src/core/operation.ts'
import { createLossCurve } from '../../../src/terminal/loss-curve.ts'

const at = (epoch: number, metrics: Progress['metrics']): Progress => ({
  cursor: { unit: 'epoch', at: epoch, of: 1e6, within: null },
  doneRatio: 0,
  metrics,
})

describe('the loss curve', () => {
  it('has a value for each epoch, however often progress is told', () => {
    const curve = createLossCurve()
    curve(at(0, { valLoss: null, trainLoss: null }))
    for (const epoch of [1, 1, 2, 2, 2, 5]) curve(at(epoch, { valLoss: epoch / 10 }))
    expect(curve(at(5, { valLoss: 9 }))).toEqual([0.1, 0.2, 0.5])
  })

  it('is that of the training where there is no validation, and none of a backtest', () => {
    expect(createLossCurve()(at(1, { valLoss: null, trainLoss: 0.5 }))).toEqual([0.5])
    expect(createLossCurve()(at(1, { equity: 100 }))).toEqual([])
  })

  it('begins where a resume does', () => {
    expect(createLossCurve()(at(29, { valLoss: 0.3 }))).toEqual([0.3])
  })

  it('stays short, in order, and from the first epoch to nearly the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (epochs) => {
        const curve = createLossCurve()
        let points: readonly number[] = []
        for (let epoch = 1; epoch <= epochs; epoch++) points = curve(at(epoch, { valLoss: epoch }))
        expect(points.length).toBeLessThanOrEqual(256)
        expect(points[0]).toBe(1)
        expect(points).toEqual(points.toSorted((a, b) => a - b))
        expect(points.at(-1)! / epochs).toBeGreaterThan(0.98)
      }),
      { examples: [[256], [257], [5000]], numRuns: 30 },
    )
  })
})
