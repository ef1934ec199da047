// What all commands share: global flags, the opened engine, and the way from an error to the screen and exit code.

import { Command, Flags, type Interfaces } from '@oclif/core'
import { errorToData, KtrdrError } from '../src/core/errors.ts'
import { explainSystemError } from '../src/core/system-error.ts'
import { openKtrdr, resolveSettings, type Ktrdr } from '../src/ktrdr.ts'
import { errorScreen } from '../src/terminal/errors.ts'

export type BaseFlags = Interfaces.InferredFlags<typeof BaseCommand.baseFlags>

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    'data-dir': Flags.string({
      helpGroup: 'GLOBAL',
      helpValue: 'DIR',
      description: 'where ktrdr keeps its records (env KTRDR_DATA_DIR)',
    }),
    verbose: Flags.boolean({ helpGroup: 'GLOBAL', description: 'say more, also about errors' }),
    quiet: Flags.boolean({ helpGroup: 'GLOBAL', description: 'say only what matters' }),
  }

  /** Opens the data directory for `work` and closes it however that ends. */
  protected async withKtrdr<Result>(
    flags: BaseFlags,
    work: (ktrdr: Ktrdr) => Promise<Result> | Result,
  ): Promise<Result> {
    const dataDir = flags['data-dir']
    const settings = await resolveSettings({
      flags: dataDir === undefined ? {} : { data_dir: dataDir },
      env: process.env,
      cwd: process.cwd(),
    })
    const ktrdr = await openKtrdr(settings)
    try {
      if (!flags.quiet)
        for (const id of ktrdr.recovered)
          this.logToStderr(`${id} has died since. To go on:  ktrdr operations resume ${id}`)
      return await work(ktrdr)
    } finally {
      ktrdr.close()
    }
  }

  protected override async catch(error: Error): Promise<void> {
    if (error.name === 'ExitPromptError') {
      process.exitCode = 130 // Ctrl-C at a prompt
      return
    }
    const known = asKtrdrError(error, this.id)
    process.exitCode = known instanceof KtrdrError ? known.exitCode : 70
    if (this.jsonEnabled()) {
      const { stack: _, ...data } = errorToData(known)
      this.logJson({ error: data })
      return
    }
    process.stderr.write(`${errorScreen(known, { verbose: this.argv.includes('--verbose') })}\n`)
  }
}

/** What oclif says of a wrong command line, in our words. */
function asKtrdrError(error: Error, command: string | undefined): unknown {
  const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
  if (exit !== 2) return explainSystemError(error, 'ktrdr could not go on')
  const [message = ''] = error.message.split(/\n\n|\nSee more help/)
  return new KtrdrError('USAGE', message, {
    suggestions: [`ktrdr ${(command ?? '').replaceAll(':', ' ')} --help`],
  })
}
