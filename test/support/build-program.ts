// Builds what the program tests run: the bundle, and the one executable. Once for all test files.

import { execFileSync } from 'node:child_process'

export default function setup(): void {
  for (const script of ['scripts/bundle.mjs', 'scripts/package.mjs'])
    execFileSync(process.execPath, [script], { stdio: 'pipe' })
}
