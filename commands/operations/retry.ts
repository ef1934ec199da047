import { detachedSelf } from '../../src/ktrdr.ts'
import { retryNotice } from '../../src/terminal/operation-actions.ts'
import { operationArg } from '../args.ts'
import { exportFlag, exporting } from '../export.ts'
import { detachFlag, progressFlags, RunCommand, threadsFlag } from '../run-command.ts'

export default class OperationsRetry extends RunCommand {
  static override summary = 'start again what failed or was cancelled, as a new operation'
  static override description =
    'Takes the settings and the strategy as they were then, and reads the data anew: for when the data or the machine was at fault. "ktrdr operations resume" keeps what was computed instead.'
  static override examples = [
    '<%= config.bin %> operations retry latest',
    '<%= config.bin %> operations retry abc123 --detach',
  ]
  static override args = { id: operationArg }
  static override flags = {
    threads: threadsFlag,
    export: exportFlag,
    detach: detachFlag,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsRetry)
    const id = detachedSelf?.retryOf ?? args.id
    return this.withKtrdr(
      flags,
      async (ktrdr) => {
        const retry = ktrdr.operations.retryOf(id)
        const { type, operationId: retryOf } = retry
        if (!flags.quiet) this.logToStderr(retryNotice(retry))
        const report = await exporting(flags.export, () =>
          this.watch(ktrdr, flags, { type, retryOf }, (listener) =>
            ktrdr.operations.retry(retry, listener),
          ),
        )
        return { ...report, retryOf }
      },
      id,
    )
  }
}
