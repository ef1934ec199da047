import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { log } from '../../../src/core/exact-math.ts'
import { gridPoints, withoutGrid } from '../../../src/search/sample-grid.ts'
import { drawRandom } from '../../../src/search/sample-random.ts'
import { drawTpe, STARTUP_TRIALS, type Tried } from '../../../src/search/sample-tpe.ts'
import { isFeasible, type Point, type Space } from '../../../src/search/space.ts'
import { anySpace, choice, isIn, numbers, ordered, spaceOf, whole } from '../../support/spaces.ts'

/** A search in which each trial knows all before it. */
function searched(
  space: Space,
  trials: number,
  lossAt: (point: Point) => number | null,
  seed: number,
  draw: typeof drawTpe = drawTpe,
): Tried[] {
  const tried: Tried[] = []
  for (let trial = 0; trial < trials; trial++) {
    const point = draw(space, seed, trial, tried)
    tried.push({ point, loss: lossAt(point) })
  }
  return tried
}

describe('a drawn point', () => {
  it('lies in the space, whatever that is', () => {
    fc.assert(
      fc.property(anySpace, fc.nat(), fc.nat(1000), (space, seed, trial) => {
        const point = drawRandom(space, seed, trial)
        expect(point.every((x, i) => isIn(space.parameters[i]!.range, x))).toBe(true)
      }),
    )
  })

  it('of TPE lies in the space, too, whatever was tried', () => {
    const anyLoss = fc.oneof(fc.constant(null), fc.double({ noNaN: true, min: -1e9, max: 1e9 }))
    fc.assert(
      fc.property(
        anySpace,
        fc.nat(),
        fc.array(anyLoss, { minLength: STARTUP_TRIALS, maxLength: 60 }),
        (space, seed, losses) => {
          const tried = losses.map((loss, i) => ({ point: drawRandom(space, 1, i), loss }))
          const point = drawTpe(space, seed, losses.length, tried)
          expect(point.every((x, i) => isIn(space.parameters[i]!.range, x))).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('depends on the seed and the number of the trial alone', () => {
    const space = spaceOf({ a: numbers(0, 1), b: numbers(1, 1000, { isLog: true }) })
    const points = [0, 1, 2].map((trial) => drawRandom(space, 7, trial))
    expect(drawRandom(space, 7, 1)).toEqual(points[1])
    expect(new Set([...points, drawRandom(space, 8, 1)].map(String)).size).toBe(4)
  })

  it('is as likely in each tenth of its scale', () => {
    const space = spaceOf({ a: numbers(0.001, 10, { isLog: true }), b: whole(1, 10) })
    const tenths = (): number[] => Array.from({ length: 10 }, () => 0)
    const counts = { log: tenths(), whole: tenths() }
    for (let trial = 0; trial < 5000; trial++) {
      const [a, b] = drawRandom(space, 3, trial)
      counts.log[Math.floor((10 * (log(a!) - log(0.001))) / log(10_000))]! += 1
      counts.whole[b! - 1]! += 1
    }
    // Five standard deviations of a binomial with n = 5000 and p = 0.1 are 106.
    for (const count of [...counts.log, ...counts.whole])
      expect(Math.abs(count - 500)).toBeLessThan(106)
  })

  it('meets the constraints', () => {
    const space = ordered(spaceOf({ a: whole(1, 50), b: whole(1, 50) }))
    for (let trial = 0; trial < 200; trial++)
      expect(isFeasible(space, drawRandom(space, 5, trial))).toBe(true)
    const tried = searched(space, 60, ([a, b]) => b! - a!, 5)
    expect(tried.every(({ point }) => isFeasible(space, point))).toBe(true)
  })

  it('is not looked for without end', () => {
    const space = ordered(spaceOf({ a: whole(50, 60), b: whole(1, 50) }))
    expect(() => drawRandom(space, 5, 0)).toThrow(KtrdrError)
    expect(() => drawRandom(space, 5, 0)).toThrow(/meets its constraints: a < b/)
  })
})

describe('a grid', () => {
  it('has every combination once, the last parameter fastest', () => {
    const space = spaceOf({ a: whole(1, 3), b: choice(2), c: numbers(0, 1, { points: 3 }) })
    const points = gridPoints(space)
    expect(points).toHaveLength(18)
    expect(points.slice(0, 4)).toEqual([
      [1, 0, 0],
      [1, 0, 0.5],
      [1, 0, 1],
      [1, 1, 0],
    ])
    expect(new Set(points.map(String)).size).toBe(18)
  })

  it('leaves out what the constraints refuse', () => {
    const space = ordered(spaceOf({ a: whole(1, 4), b: whole(1, 4) }))
    expect(gridPoints(space)).toHaveLength(6)
  })

  it('takes points evenly on the scale of the range, the ends included', () => {
    const space = spaceOf({ a: numbers(0.01, 100, { isLog: true, points: 5 }) })
    const levels = gridPoints(space).map(([a]) => a!)
    expect([levels[0], levels.at(-1)]).toEqual([0.01, 100])
    expect(levels.map((x) => Number(x.toPrecision(9)))).toEqual([0.01, 0.1, 1, 10, 100])
  })

  it('needs steps or points', () => {
    const space = spaceOf({ a: numbers(0, 1), b: whole(1, 3), c: numbers(0, 1, { step: 0.5 }) })
    expect(withoutGrid(space)).toEqual(['a'])
  })
})

describe('TPE', () => {
  /** Branin's function (Dixon & Szegő 1978), whose minimum is 0.397887. */
  const branin = ([x, y]: Point): number => {
    const a = y! - (5.1 / (4 * Math.PI ** 2)) * x! * x! + (5 / Math.PI) * x! - 6
    return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x!) + 10
  }
  const plane = spaceOf({ x: numbers(-5, 10), y: numbers(0, 15) })
  /** Of mixed kinds, with a minimum of 0 at 0.01, 7 and "value 1". */
  const mixed = spaceOf({
    rate: numbers(1e-4, 1, { isLog: true }),
    size: whole(1, 40),
    kind: choice(4),
  })
  const bowl = ([rate, size, kind]: Point): number =>
    Math.log10(rate! / 0.01) ** 2 + ((size! - 7) / 10) ** 2 + (kind === 1 ? 0 : 1)

  const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)
  const bestOf = (tried: readonly Tried[]): number => Math.min(...tried.map(({ loss }) => loss!))
  const means = (
    space: Space,
    lossAt: (point: Point) => number,
  ): { tpe: number; random: number } => {
    const mean = (draw: typeof drawTpe): number =>
      SEEDS.reduce((sum, seed) => sum + bestOf(searched(space, 60, lossAt, seed, draw)), 0) /
      SEEDS.length
    return { tpe: mean(drawTpe), random: mean((s, seed, trial) => drawRandom(s, seed, trial)) }
  }

  // Optuna 5.0.0 (TPESampler(multivariate=False), seeds 0 to 19, 60 trials) comes to 0.692 and 0.0252, its RandomSampler to
  // 1.335 and 0.310.
  it('comes nearer to the minimum of Branin than as many random trials', () => {
    const { tpe, random } = means(plane, branin)
    expect(tpe).toBeLessThan(0.8)
    expect(tpe - 0.397887).toBeLessThan((random - 0.397887) / 2)
  })

  it('comes nearer on a log scale, in whole numbers and among choices', () => {
    const { tpe, random } = means(mixed, bowl)
    expect(tpe).toBeLessThan(0.05)
    expect(tpe).toBeLessThan(random / 5)
  })

  it('draws at random until it has something to learn from', () => {
    const tried = searched(plane, STARTUP_TRIALS - 1, branin, 4)
    expect(drawTpe(plane, 4, 30, tried)).toEqual(drawRandom(plane, 4, 30))
    const enough = searched(plane, STARTUP_TRIALS, branin, 4)
    expect(drawTpe(plane, 4, 30, enough)).not.toEqual(drawRandom(plane, 4, 30))
  })

  it('keeps away from what came to nothing', () => {
    const line = spaceOf({ x: numbers(0, 1) })
    const tried = searched(line, 60, ([x]) => (x! < 0.5 ? null : (x! - 0.8) ** 2), 2)
    const failed = tried.slice(30).filter(({ loss }) => loss === null)
    expect(failed.length, 'of 30; at random it would be 15').toBeLessThan(4)
  })
})
