import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchorsOf, linesOf, PAGES, ROOT } from '../../support/pages.ts'

const LINK = /\[[^\]]*\]\(([^)\s]+)[^)]*\)/g

/** What is wrong with a link of `page`, or undefined. */
function brokenLink(page: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
  if (file.startsWith('..')) return 'leads out of the repository'
  if (!existsSync(join(ROOT, file))) return 'leads nowhere'
  if (anchor === undefined) return undefined
  if (statSync(join(ROOT, file)).isDirectory() || !file.endsWith('.md'))
    return 'has an anchor into something that is no page'
  return anchorsOf(file).has(anchor) ? undefined : 'has an anchor that its page lacks'
}

describe('documentation', () => {
  it('has the pages that newcomers look for', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'docs/README.md',
        'docs/getting-started.md',
        'docs/user-guides/checkpoint-resume.md',
        'docs/user-guides/troubleshooting.md',
      ]),
    )
  })

  it.each([
    [
      'docs/user-guides/checkpoint-resume.md',
      [
        'how-checkpoints-work',
        'resuming-operations',
        'viewing-checkpoint-status',
        'managing-checkpoints',
        'troubleshooting',
      ],
    ],
    ['docs/architecture/checkpoint/README.md', ['overview', 'configuration']],
  ])('%s has the sections that readers look for', (page, sections) => {
    expect([...anchorsOf(page)]).toEqual(expect.arrayContaining(sections))
  })

  it.each(PAGES)('every link of %s leads somewhere', (page) => {
    const broken = linesOf(page).flatMap(({ number, text, isFenced }) =>
      isFenced
        ? []
        : [...text.replaceAll(/`[^`]*`(?!\])/g, '').matchAll(LINK)].flatMap(([, target]) => {
            const problem = brokenLink(page, target!)
            return problem === undefined ? [] : [`${page}:${number}: ${target} ${problem}`]
          }),
    )
    expect(broken).toEqual([])
  })

  it.each(PAGES.filter((page) => page !== 'docs/README.md' && page.startsWith('docs/')))(
    '%s can be reached from docs/README.md',
    (page) => {
      expect([...reachableFrom('docs/README.md')]).toContain(page)
    },
  )
})

function reachableFrom(start: string): Set<string> {
  const reached = new Set([start])
  for (const page of reached)
    // a Set also visits what is added meanwhile
    for (const { text, isFenced } of linesOf(page)) {
      if (isFenced) continue
      for (const [, target] of text.matchAll(LINK)) {
        const file = normalize(join(dirname(page), target!.split('#')[0]!))
        if (PAGES.includes(file)) reached.add(file)
      }
    }
  return reached
}
