import { describe, expect, it } from 'vitest'
import { exposuresOf } from '../../../src/runtime/privacy.ts'

const US = 1000
const OTHER = 1001

// The rule of ssh(1) for ~/.ssh, and of PostgreSQL for its data directory: ours or root's, and no w for others. Owners are
// handed in: a test cannot be two users.
describe('what may be changed by somebody else', () => {
  const kindOf = (uid: number, mode: number, userId: number | null = US) =>
    exposuresOf(['/d'], userId, () => ({ uid, mode }))[0]?.kind

  it.each([
    ['ours, for us only', US, 0o700, undefined],
    ['ours, readable', US, 0o755, undefined],
    ['ours, for a group', US, 0o770, 'writable'],
    ['ours, for the world', US, 0o777, 'writable'],
    ['ours, for a group that may write and not read', US, 0o720, 'writable'],
    ["root's, as /var/lib is", 0, 0o755, undefined],
    ["root's, as /tmp is", 0, 0o1777, 'writable'],
    ["another user's", OTHER, 0o700, 'foreign'],
    ["another user's, for the world", OTHER, 0o777, 'foreign'],
  ])('%s', (_, uid, mode, kind) => {
    expect(kindOf(uid, mode)).toBe(kind)
  })

  it('root may use what belongs to others, but not what the world can write', () => {
    expect(kindOf(US, 0o700, 0)).toBeUndefined()
    expect(kindOf(US, 0o777, 0)).toBe('writable')
  })

  it('what is not there is not exposed, and Windows has other rules', () => {
    expect(exposuresOf(['/not/there'], US)).toEqual([])
    expect(exposuresOf(['/tmp'], null)).toEqual([])
  })
})
