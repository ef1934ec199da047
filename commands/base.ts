// What all commands share: global flags, the opened engine, and the way from an error to the screen and exit code.

import { Command, Flags, type Interfaces } from '@oclif/core'
import { errorToData, KtrdrError } from '../src/core/errors.ts'
import { explainSystemError } from '../src/core/system-error.ts'
import { openKtrdr, resolveSettings, type Ktrdr, type Settings } from '../src/ktrdr.ts'
import { drawable } from '../src/terminal/drawable.ts'
import { errorScreen } from '../src/terminal/errors.ts'
import { visible } from '../src/terminal/format.ts'
import { deathNotice } from '../src/terminal/operations.ts'
import { wrongUsage } from './usage-errors.ts'

export type BaseFlags = Interfaces.InferredFlags<typeof BaseCommand.baseFlags>

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    json: Flags.boolean({ helpGroup: 'GLOBAL', description: 'one JSON document on stdout' }),
    'data-dir': Flags.string({
      helpGroup: 'GLOBAL',
      helpValue: 'DIR',
      description: 'where ktrdr keeps its records (env KTRDR_DATA_DIR)',
    }),
    verbose: Flags.boolean({ helpGroup: 'GLOBAL', description: 'say more, also about errors' }),
    quiet: Flags.boolean({ helpGroup: 'GLOBAL', description: 'say only what matters' }),
  }

  /** Columns of the terminal; a pipe takes lines of any length. */
  protected get room(): number {
    return process.stdout.isTTY ? process.stdout.columns : Infinity
  }

  /**
   * Opens the data directory for `work` and closes it however that ends.
   * @param subject an operation whose death is no news: the command is about it
   */
  protected async withKtrdr<Result>(
    flags: BaseFlags & { readonly threads?: string | undefined },
    work: (ktrdr: Ktrdr) => Promise<Result> | Result,
    subject?: string,
  ): Promise<Result> {
    const ktrdr = await openKtrdr(await this.settingsOf(flags))
    try {
      const known = subject === undefined ? undefined : ktrdr.operations.find(subject)
      if (!flags.quiet)
        for (const dead of ktrdr.recovered.filter(({ operationId }) => operationId !== known))
          this.logToStderr(deathNotice(dead))
      return await work(ktrdr)
    } finally {
      ktrdr.close()
    }
  }

  protected settingsOf({
    'data-dir': dataDir,
    threads,
  }: BaseFlags & { readonly threads?: string | undefined }): Promise<Settings> {
    return resolveSettings({
      flags: {
        ...(dataDir === undefined ? {} : { data_dir: dataDir }),
        ...(threads === undefined ? {} : { threads }),
      },
      env: process.env,
      cwd: process.cwd(),
    })
  }

  // Whatever is said goes out through these: nothing that a file or a name holds can steer the terminal.

  override log(text = ''): void {
    super.log(drawable(visible(text), process.stdout))
  }

  override logToStderr(text = ''): void {
    super.logToStderr(drawable(visible(text), process.stderr))
  }

  /** The same document: in JSON the visible form of a character means that character. */
  override logJson(json: unknown): void {
    process.stdout.write(`${visible(JSON.stringify(json, null, 2))}\n`)
  }

  protected override async catch(error: Error): Promise<void> {
    this.parsed = true // else oclif warns of its own error under NODE_ENV=development
    const known = this.asKtrdrError(error)
    process.exitCode = exitCodeOf(known)
    if (this.jsonEnabled()) {
      const { stack: _, ...data } = errorToData(known)
      this.logJson({ error: data })
      return
    }
    process.stderr.write(`${errorScreen(known, { verbose: this.argv.includes('--verbose') })}\n`)
  }

  protected asKtrdrError(error: Error): unknown {
    const exit = (error as { oclif?: { exit?: number } }).oclif?.exit
    if (exit !== 2) return explainSystemError(error, 'ktrdr could not go on')
    const { flags, baseFlags } = this.ctor
    const names = Object.keys({ ...flags, ...baseFlags, json: null })
    return wrongUsage(error, (this.id ?? '').replaceAll(':', ' '), names)
  }
}

/** What a shell reports of a program that a signal has stopped. */
export const EXIT_OF_SIGNAL: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof KtrdrError)) return 70
  const { signal } = error.details
  const ofSignal = error.code === 'CANCELLED' ? EXIT_OF_SIGNAL[String(signal)] : undefined
  return ofSignal ?? error.exitCode
}
