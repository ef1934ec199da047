// The pages of the documentation as text, without and within their fenced blocks.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..', '..')

/** Pages, relative to the root of the repository. */
export const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...markdownIn('docs', /\.md$/),
  ...markdownIn('examples', /(^|\/)README\.md$/),
].filter((page) => existsSync(join(ROOT, page)))

function markdownIn(directory: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => join(directory, path))
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

type Line = { readonly number: number; readonly text: string; readonly isFenced: boolean }

export function linesOf(page: string): Line[] {
  let fence: string | undefined
  return readPage(page)
    .split('\n')
    .map((text, i) => {
      const [, mark] = /^\s*(```+|~~~+)/.exec(text) ?? []
      const isMark = mark !== undefined && (fence === undefined || text.trim() === fence)
      if (isMark) fence = fence === undefined ? mark : undefined
      return { number: i + 1, text, isFenced: isMark || fence !== undefined }
    })
}

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = linesOf(page).flatMap(({ text, isFenced }) => {
    const [, heading] = isFenced ? [] : (/^#{1,6}\s+(.*?)\s*#*$/.exec(text) ?? [])
    if (heading === undefined) return []
    const slug = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return [times === 0 ? slug : `${slug}-${times}`]
  })
  return new Set(anchors)
}
