import { Flags } from '@oclif/core'
import { logLine } from '../../src/terminal/log-lines.ts'
import { visible } from '../../src/terminal/format.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'
import { untilSignal } from '../until-signal.ts'

export default class OperationsLogs extends BaseCommand {
  static override summary = 'show the log of an operation, and follow it'
  static override description =
    'What the run told while it ran, on whichever terminal or none. With --json and --follow each line is one JSON document, as it stands in the file.'
  static override examples = [
    '<%= config.bin %> operations logs latest',
    '<%= config.bin %> operations logs abc123 --follow --lines 20',
  ]
  static override args = { id: operationArg }
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'go on until the run has ended' }),
    lines: Flags.integer({ min: 0, helpValue: 'N', description: 'only the last N lines' }),
  }

  private isFollowing = false

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsLogs)
    const { follow, lines } = flags
    this.isFollowing = Boolean(follow)
    const raw: string[] = []
    return this.withKtrdr(flags, async ({ operations }) => {
      const told = await untilSignal((signal) =>
        operations.log(
          args.id,
          { follow, lines },
          (some) => {
            for (const line of some)
              if (!this.jsonEnabled()) this.log(logLine(line, this.room))
              else if (follow) process.stdout.write(`${visible(line.raw)}\n`)
              else raw.push(line.raw)
          },
          signal,
        ),
      )
      return { ...told, lines: raw.map(parsed) }
    })
  }

  override logJson(json: unknown): void {
    // What has been followed has been told.
    if (!this.isFollowing || (json as { error?: unknown }).error !== undefined) super.logJson(json)
  }
}

/** A line that a kill has cut, or that a process has printed as it crashed, stays a text. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return line
  }
}
