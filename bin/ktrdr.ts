#!/usr/bin/env node
// The entry. --version is answered before anything heavy is imported.
// No top-level await: this file is also bundled to CommonJS for the executable.

import pjson from '../package.json' with { type: 'json' }

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    const { platform, arch, version } = process
    process.stdout.write(`${pjson.name}/${pjson.version} ${platform}-${arch} node-${version}\n`)
    return
  }
  const { runCli } = await import('../commands/cli.ts')
  process.exitCode = await runCli(argv)
}

void main(process.argv.slice(2))
