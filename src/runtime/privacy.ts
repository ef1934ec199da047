// Who else may change what is kept in a directory: whoever can write to it can plant a database there. As ssh and
// PostgreSQL do, the directory must be ours, or root's, and writable for nobody else. A sticky bit is no help: it keeps
// others from removing files, not from making them first.

import { statSync, type Stats } from 'node:fs'

export type Exposure = {
  readonly path: string
  readonly kind: 'foreign' | 'writable'
  /** User id of its owner. */
  readonly owner: number
}

const WRITABLE_BY_OTHERS = 0o022

/**
 * Those of the paths that somebody else can write to; what is not there is not exposed. Windows has other rules: nothing is.
 * @param userId of this process, null where there is none; root may use what belongs to others: what it runs for them, it chose itself
 */
export function exposuresOf(
  paths: readonly string[],
  userId: number | null = process.getuid?.() ?? null,
  statOf: (path: string) => Pick<Stats, 'uid' | 'mode'> | undefined = (path) =>
    statSync(path, { throwIfNoEntry: false }),
): Exposure[] {
  if (userId === null) return []
  return paths.flatMap((path): Exposure[] => {
    const { uid: owner, mode } = statOf(path) ?? { uid: userId, mode: 0 }
    if (userId !== 0 && owner !== userId && owner !== 0) return [{ path, kind: 'foreign', owner }]
    return (mode & WRITABLE_BY_OTHERS) === 0 ? [] : [{ path, kind: 'writable', owner }]
  })
}
