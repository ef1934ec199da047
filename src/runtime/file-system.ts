// Which kind of file system a path lies on. SQLite relies on locks, on shared memory and on fsync: network file systems
// keep none of them reliably (https://sqlite.org/useovernet.html), and what lies in memory is gone after a power cut.

import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'

export type FileSystemKind = {
  readonly name: string
  readonly nature: 'local' | 'network' | 'memory' | 'unknown'
}

/** Linux: `f_type` of statfs(2). */
const TYPES: Readonly<Record<number, FileSystemKind>> = {
  0x6969: { name: 'NFS', nature: 'network' },
  0x517b: { name: 'SMB', nature: 'network' },
  0xff534d42: { name: 'CIFS', nature: 'network' },
  0xfe534d42: { name: 'SMB2', nature: 'network' },
  0x5346414f: { name: 'AFS', nature: 'network' },
  0x00c36400: { name: 'Ceph', nature: 'network' },
  0x01021997: { name: '9p', nature: 'unknown' }, // of virtual machines and containers, mostly
  0x01021994: { name: 'tmpfs', nature: 'memory' },
  0x858458f6: { name: 'ramfs', nature: 'memory' },
  0xef53: { name: 'ext4', nature: 'local' },
  0x58465342: { name: 'XFS', nature: 'local' },
  0x9123683e: { name: 'Btrfs', nature: 'local' },
  0x2fc12fc1: { name: 'ZFS', nature: 'local' },
  0x794c7630: { name: 'overlay', nature: 'local' },
  0xf2f52010: { name: 'F2FS', nature: 'local' },
}

/** @param typeOf of a directory that exists */
export function fileSystemOf(
  path: string,
  typeOf: (directory: string) => number = (directory) => statfsSync(directory).type,
): FileSystemKind {
  let directory = path
  while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory)
  const type = typeOf(directory)
  const known = process.platform === 'linux' ? TYPES[type >>> 0] : undefined
  return known ?? { name: `type 0x${(type >>> 0).toString(16)}`, nature: 'unknown' }
}
