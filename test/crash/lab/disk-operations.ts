// What a program did to the disk below one directory, in order, and what it said meanwhile. Files and directories are
// numbers (inodes), so that a rename changes a name and nothing else.

export type Inode = number
export const ROOT_INODE: Inode = 0

/** An entry of a directory changes: it stays pending until the directory is synced. */
export type NameOperation =
  | {
      readonly kind: 'make'
      readonly target: Inode
      readonly name: string
      readonly inode: Inode
      readonly isDirectory: boolean
    }
  | { readonly kind: 'rename'; readonly target: Inode; readonly name: string; readonly to: string }
  | { readonly kind: 'remove'; readonly target: Inode; readonly name: string }

/** Bytes of a file change: pending until the file is synced. */
export type DataOperation =
  | { readonly kind: 'write'; readonly target: Inode; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly target: Inode; readonly length: number }

export type Change = NameOperation | DataOperation

export type DiskOperation =
  | Change
  | { readonly kind: 'sync'; readonly target: Inode }
  /** The kernel may have dropped the bytes and call them clean: no later sync brings them back. */
  | { readonly kind: 'failed-sync'; readonly target: Inode }
  /** A line of its progress: what it promises with it must hold from here on. */
  | { readonly kind: 'say'; readonly line: string }

export function isData(change: Change): change is DataOperation {
  return change.kind === 'write' || change.kind === 'truncate'
}

/** A tree of names and bytes. All buffers are immutable: they are replaced, never written to. */
export type Tree = {
  /** Of each directory: name → inode. */
  readonly directories: Map<Inode, ReadonlyMap<string, Inode>>
  readonly files: Map<Inode, Buffer>
}

export function copyTree({ directories, files }: Tree): Tree {
  return { directories: new Map(directories), files: new Map(files) }
}

/** How much of a write reached the disk: `length` bytes of it, or all of it as zeros. */
export type WriteDamage = { readonly length: number } | 'zeroed'

export function applyChange(tree: Tree, change: Change, damage?: WriteDamage): void {
  const { target } = change
  if (isData(change)) {
    const old = tree.files.get(target) ?? Buffer.alloc(0)
    tree.files.set(
      target,
      change.kind === 'write' ? written(old, change, damage) : resized(old, change.length),
    )
    return
  }
  const entries = new Map(tree.directories.get(target))
  if (change.kind === 'make') {
    entries.set(change.name, change.inode)
    if (change.isDirectory && !tree.directories.has(change.inode))
      tree.directories.set(change.inode, new Map())
  } else {
    const inode = entries.get(change.name)
    entries.delete(change.name)
    if (change.kind === 'rename' && inode !== undefined) entries.set(change.to, inode)
  }
  tree.directories.set(target, entries)
}

function written(
  old: Buffer,
  { at, bytes }: { readonly at: number; readonly bytes: Buffer },
  damage?: WriteDamage,
): Buffer {
  const reached =
    damage === undefined
      ? bytes
      : damage === 'zeroed'
        ? Buffer.alloc(bytes.length)
        : bytes.subarray(0, damage.length)
  const file = resized(old, Math.max(old.length, at + reached.length))
  reached.copy(file, at)
  return file
}

function resized(old: Buffer, length: number): Buffer {
  const file = Buffer.alloc(length)
  old.copy(file)
  return file
}
