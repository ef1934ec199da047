// SHA-256 of what lies at a path: of the bytes of a file; of a directory, of its files with their names.

import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../core/hash.ts'

export type PathHash = { readonly sha256: string; readonly sizeBytes: number }
export type HashPath = (path: string, isMeant?: IsMeant) => Promise<PathHash | undefined>
/** Which files of a directory count, by their paths in it. */
export type IsMeant = (name: string) => boolean

/**
 * Hashes paths and remembers them as long as they look the same: a pipeline asks for the same data again and again.
 * @returns a function whose answer is undefined where there is nothing
 */
export function openPathHasher(): HashPath {
  const known = new Map<string, PathHash>()
  const ofFile = async (path: string): Promise<PathHash> => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    const key = `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`
    const found = known.get(key)
    if (found) return found
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
    const one = { sha256: hash.digest('hex'), sizeBytes: Number(size) }
    known.set(key, one)
    return one
  }
  return async (path, isMeant = () => true) => {
    const status = statSync(path, { throwIfNoEntry: false })
    if (status === undefined) return undefined
    if (!status.isDirectory()) return ofFile(path)
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => isMeant(name) && !lstatSync(join(path, name)).isDirectory())
      .toSorted()
    const lines: string[] = []
    let sizeBytes = 0
    for (const name of names) {
      const one = await ofFile(join(path, name))
      lines.push(JSON.stringify([name, one.sha256]))
      sizeBytes += one.sizeBytes
    }
    return { sha256: sha256(lines.join('\n')), sizeBytes }
  }
}
