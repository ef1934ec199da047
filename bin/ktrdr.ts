#!/usr/bin/env node
// The entry. --version is answered before anything heavy is imported.
// No top-level await: this file is also bundled to CommonJS for the executable.

import pjson from '../package.json' with { type: 'json' }

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const { platform, arch, version } = process
  process.stdout.write(`${pjson.name}/${pjson.version} ${platform}-${arch} node-${version}\n`)
} else {
  void import('../commands/cli.ts').then(async ({ runCli }) => {
    process.exitCode = await runCli(argv)
  })
}
