// The one way in: the entry, the executable and the tests all call runCli.

import { Config, Errors, flush, Plugin, run } from '@oclif/core'
import pjson from '../package.json' with { type: 'json' }
import { errorToData, KtrdrError } from '../src/core/errors.ts'
import { HELP_TOPICS } from '../src/ktrdr.ts'
import { errorScreen } from '../src/terminal/errors.ts'
import { visible } from '../src/terminal/format.ts'
import { asksForHelp, HelpScreen } from './help-screen.ts'
import { loadCommand, loadCommands, manifest } from './load-commands.ts'
import { unknownCommand, unknownHelp } from './usage-errors.ts'

// Whoever reads what we say may go away (`2>&1 | head`, a closed terminal): the run goes on, or saves and stops. oclif
// listens too and throws, hence the removal.
for (const stream of [process.stdout, process.stderr])
  stream.removeAllListeners('error').on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

/** Runs one command line. @returns the exit code */
export async function runCli(argv: readonly string[]): Promise<number> {
  // oclif asks os.userInfo() when SHELL is unset, which throws for a uid without a passwd entry (containers).
  process.env['SHELL'] ??= '/bin/sh'
  // A terminal that reports 0 columns (script(1), docker run -t) sends ora into an endless loop.
  for (const stream of [process.stdout, process.stderr])
    if (stream.isTTY && !stream.columns) stream.columns = 80
  process.exitCode = undefined
  const config = await makeConfig()
  try {
    const meant = meantByHelp(argv)
    if (asksForHelp(meant)) await new HelpScreen(config).showHelp(meant)
    else await run(meant, config)
    await flush()
  } catch (error) {
    reportOutsideCommand(error, argv, config)
  }
  const code = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  return code
}

/** `help COMMAND` is `COMMAND --help`; `help TOPIC` is a command of its own. */
function meantByHelp(argv: readonly string[]): string[] {
  const [first, topic] = argv
  const isTopic = (HELP_TOPICS as readonly (string | undefined)[]).includes(topic)
  if (first !== 'help' || isTopic || topic === '--help' || topic === '-h') return [...argv]
  return [...argv.slice(1), '--help']
}

/** oclif's configuration from the table in memory: it never looks for commands on disk. */
export async function makeConfig(): Promise<Config> {
  const root = process.execPath // nothing is read there, and a current directory may be gone
  const oclif = {
    ...pjson.oclif,
    commands: { strategy: 'explicit', target: './commands/index.js', identifier: 'COMMANDS' },
  }
  const plugin = new Plugin({
    isRoot: true,
    name: pjson.name,
    root,
    ignoreManifest: true,
    pjson: { ...pjson, oclif } as never,
  })
  // What oclif would read from disk comes from memory: these are the methods that it does so with, all private. With
  // them sources, bundle and executable share one code path.
  Object.assign(plugin, { loadCommandsFromTarget: loadCommands })
  if (manifest !== undefined)
    Object.assign(plugin, {
      _manifest: async () => manifest,
      commandIDs: Object.keys(manifest.commands),
      findCommand: async (id: string) => Object.assign(await loadCommand(id), { id, plugin }),
    })
  await plugin.load()
  return Config.load({
    root,
    pjson: plugin.pjson,
    plugins: new Map([[plugin.name, plugin]]),
    userPlugins: false,
    devPlugins: false,
  })
}

/** Errors of a command that is none: the others are reported by the command itself. */
function reportOutsideCommand(error: unknown, argv: readonly string[], config: Config): void {
  if (error instanceof Errors.ExitError) {
    process.exitCode = error.oclif.exit ?? 0
    return
  }
  const [, id] =
    /^command (.+) not found\.?$/is.exec(error instanceof Error ? error.message : '') ?? []
  const unknown = argv[0] === 'help' ? unknownHelp : unknownCommand
  const reported = id === undefined ? error : unknown(argv, id, config.commandIDs)
  process.exitCode = reported instanceof KtrdrError ? reported.exitCode : 70
  if (argv.includes('--json')) {
    const { stack: _, ...data } = errorToData(reported)
    process.stdout.write(`${visible(JSON.stringify({ error: data }, null, 2))}\n`)
  } else process.stderr.write(`${errorScreen(reported, { verbose: false })}\n`)
}
