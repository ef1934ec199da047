import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../../commands/index.ts'
import { cliReference } from '../../../scripts/cli-reference.ts'

const committed = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')

it('docs/cli.md is what the commands say now', () => {
  const command = 'run: node scripts/node.mjs scripts/cli-reference.ts'
  expect(committed, command).toBe(cliReference())
})

it.each(Object.entries(COMMANDS))('%s has a summary and an example', (id, command) => {
  expect(command.summary, `summary of ${id}`).toMatch(/\S/)
  expect(command.examples?.length ?? 0, `examples of ${id}`).toBeGreaterThan(0)
})
