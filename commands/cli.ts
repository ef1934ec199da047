// The one way in: the entry, the executable and the tests all call runCli.

import { Config, Errors, flush, Plugin, run } from '@oclif/core'
import { distance } from 'fastest-levenshtein'
import pjson from '../package.json' with { type: 'json' }
import { KtrdrError } from '../src/core/errors.ts'
import { errorScreen } from '../src/terminal/errors.ts'
import { COMMANDS } from './index.ts'

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
    await run([...argv], config)
    await flush()
  } catch (error) {
    reportOutsideCommand(error, config)
  }
  const code = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  return code
}

/** oclif's configuration from the table in memory: it never looks for commands on disk. */
export async function makeConfig(): Promise<Config> {
  const root = process.cwd()
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
  // `loadCommandsFromTarget` is what oclif calls for the strategy "explicit". It is private, hence the cast: with it
  // sources, bundle and executable share one code path.
  const loader = plugin as unknown as { loadCommandsFromTarget: () => Promise<unknown> }
  loader.loadCommandsFromTarget = async () => COMMANDS
  await plugin.load()
  return Config.load({
    root,
    pjson: plugin.pjson,
    plugins: new Map([[plugin.name, plugin]]),
    userPlugins: false,
    devPlugins: false,
  })
}

function reportOutsideCommand(error: unknown, config: Config): void {
  if (error instanceof Errors.ExitError) {
    process.exitCode = error.oclif.exit ?? 0
    return
  }
  const [, id] =
    /^[Cc]ommand (\S+) not found/.exec(error instanceof Error ? error.message : '') ?? []
  const reported = id === undefined ? error : unknownCommand(id, config.commandIDs)
  process.stderr.write(`${errorScreen(reported, { verbose: false })}\n`)
  process.exitCode = reported instanceof KtrdrError ? reported.exitCode : 70
}

function unknownCommand(id: string, known: readonly string[]): KtrdrError {
  const spelled = (text: string): string => text.replaceAll(':', ' ')
  const nearest = known.toSorted((a, b) => distance(a, id) - distance(b, id))[0]
  const isNear = nearest !== undefined && distance(nearest, id) <= Math.max(2, id.length / 3)
  return new KtrdrError(
    'USAGE',
    `"${spelled(id)}" is not a ktrdr command.${isNear ? ` Did you mean "${spelled(nearest)}"?` : ''}`,
    { suggestions: [isNear ? `ktrdr ${spelled(nearest)}` : 'ktrdr --help'] },
  )
}
