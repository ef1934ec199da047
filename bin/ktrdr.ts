#!/usr/bin/env node
// The entry. --version, and what shells ask while somebody types, are answered before anything heavy is imported.
// No top-level await: this file is also bundled to CommonJS for the executable.

import { keepCompiled } from '../src/runtime/keep-compiled.ts'
import pjson from '../package.json' with { type: 'json' }

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    const { platform, arch, version } = process
    process.stdout.write(`${pjson.name}/${pjson.version} ${platform}-${arch} node-${version}\n`)
    return
  }
  keepCompiled()
  if (argv[0] === '__complete') {
    const { complete } = await import('../src/complete.ts')
    process.stdout.write(await complete(argv.slice(1), process.env, process.cwd()))
    return
  }
  const { runCli } = await import('../commands/cli.ts')
  process.exitCode = await runCli(argv)
}

void main(process.argv.slice(2))
