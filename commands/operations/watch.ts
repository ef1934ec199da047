import { Args } from '@oclif/core'
import type { Ktrdr } from '../../src/ktrdr.ts'
import { stillRunningNotice, unloggedNotice } from '../../src/terminal/operation-actions.ts'
import { createWatchPrinter } from '../../src/terminal/watch-printer.ts'
import { visible } from '../../src/terminal/format.ts'
import { OPERATION_ID } from '../args.ts'
import { RunCommand } from '../run-command.ts'
import { untilSignal } from '../until-signal.ts'

export default class OperationsWatch extends RunCommand {
  static override summary = 'watch runs from any terminal until they end'
  static override description =
    'Shows of a run what its own terminal would show, and ends as that would: with its result and its exit code; of several, 0 when all have completed, else 1. Ctrl-C ends the watching, not the run. With --json each line of stdout is one JSON document.'
  static override examples = [
    '<%= config.bin %> operations watch latest',
    '<%= config.bin %> operations watch abc123 def456',
    '<%= config.bin %> operations watch latest --json',
  ]
  static override hiddenAliases = ['follow']
  static override args = {
    id: Args.string({ required: true, multiple: true, description: OPERATION_ID }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsWatch)
    return this.withKtrdr(flags, async (ktrdr) => {
      const { operations, clock } = ktrdr
      const ids = [...new Set(args.id.map(operations.find))]
      const json = this.jsonEnabled()
      const unlogged = ids.filter((id) => !operations.keepsLog(id))
      if (!flags.quiet && unlogged.length > 0) this.logToStderr(unloggedNotice(unlogged))
      const options = { operationIds: ids, json, quiet: flags.quiet, clock }
      const printer = await createWatchPrinter(options)
      try {
        await untilSignal((signal) => operations.watch(ids, printer.listener, signal))
      } finally {
        printer.close()
      }
      return this.conclude(ktrdr, ids)
    })
  }

  private conclude(ktrdr: Ktrdr, ids: readonly string[]): object {
    const shown = ids.map((id) => ktrdr.operations.show(id))
    const running = shown.filter(({ status }) => status === 'running')
    const [only, another] = shown
    if (only && !another && running.length === 0)
      return { event: 'watched', ...this.report(ktrdr, ktrdr.operations.end(only.operationId)) }
    if (running.length > 0) this.logToStderr(stillRunningNotice(running))
    else if (shown.some(({ status }) => status !== 'completed')) process.exitCode = 1
    const operations = shown.map(({ operationId, status }) => ({ operationId, status }))
    return { event: 'watched', operations }
  }

  /** One document a line. */
  override logJson(json: unknown): void {
    process.stdout.write(`${visible(JSON.stringify(json))}\n`)
  }
}
