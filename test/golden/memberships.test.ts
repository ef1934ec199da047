import { expect, it } from 'vitest'
import { evaluateMembership, type MembershipType } from '../../src/fuzzy/membership.ts'
import { distance } from '../support/distance.ts'
import { numberColumn, readTable } from '../support/read-table.ts'

const FUNCTIONS: Readonly<Record<string, readonly [MembershipType, readonly number[]]>> = {
  tri_plain: ['triangular', [20, 50, 80]],
  tri_left_shoulder: ['triangular', [0, 0, 40]],
  tri_right_shoulder: ['triangular', [60, 100, 100]],
  tri_spike: ['triangular', [50, 50, 50]],
  tri_negative: ['triangular', [-0.01, -0.002, 0.003]],
  trap_plain: ['trapezoidal', [10, 30, 60, 90]],
  trap_left_shoulder: ['trapezoidal', [0, 0, 30, 40]],
  trap_right_shoulder: ['trapezoidal', [60, 70, 100, 100]],
  trap_box: ['trapezoidal', [20, 20, 40, 40]],
  trap_as_triangle: ['trapezoidal', [20, 50, 50, 80]],
  gauss_plain: ['gaussian', [50, 12]],
  gauss_narrow: ['gaussian', [0, 0.0015]],
  gauss_wide: ['gaussian', [30, 500]],
}

/** Documented difference: plateaus are closed, where upstream reads 0 at the end of a trapezoid's steep side. */
const CLOSED_ENDS: Readonly<Record<string, readonly number[]>> = {
  trap_left_shoulder: [0],
  trap_right_shoulder: [100],
  trap_box: [20, 40],
}

const table = readTable('test/golden/upstream/memberships.csv')
const points = numberColumn(table, 'x')
const degrees = numberColumn(table, 'membership')

it.each(Object.keys(FUNCTIONS))(
  '%s is that of upstream (test/golden/upstream), to 1e-12',
  (name) => {
    const [type, parameters] = FUNCTIONS[name]!
    const ours = evaluateMembership({ name, type, parameters }, points)
    const rows = [...table['function']!.keys()].filter((row) => table['function']![row] === name)
    expect(rows.length, 'figures of this function').toBeGreaterThan(50)
    for (const row of rows) {
      const x = points[row]!
      const isClosedEnd = CLOSED_ENDS[name]?.includes(x) ?? false
      const expected = isClosedEnd ? 1 : degrees[row]
      expect(distance(ours[row], expected), `at ${x}`).toBeLessThanOrEqual(1e-12)
    }
  },
)
