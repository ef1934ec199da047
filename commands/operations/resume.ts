import { Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import { detachedSelf, queueOverrides } from '../../src/ktrdr.ts'
import { operationArg } from '../args.ts'
import { exportFlag, exporting } from '../export.ts'
import { queueOptions, resumeQueueFlags } from '../queue-flags.ts'
import { detachFlag, progressFlags, RunCommand, threadsFlag } from '../run-command.ts'

export default class OperationsResume extends RunCommand {
  static override summary = 'go on where a stopped or killed operation was last saved'
  static override description =
    'Continues under the same id from the newest checkpoint that verifies, to the same bytes as if it had never stopped. Of several attempts at once exactly one wins.'
  static override examples = [
    '<%= config.bin %> operations resume latest',
    '<%= config.bin %> operations resume abc123 --epochs 200',
    '<%= config.bin %> operations resume abc123 --export results',
    '<%= config.bin %> operations resume latest --detach',
  ]
  static override hiddenAliases = ['resume']
  static override args = { id: operationArg }
  static override flags = {
    epochs: Flags.integer({ min: 1, helpValue: 'N', description: 'raise the total of epochs' }),
    threads: threadsFlag,
    ...resumeQueueFlags,
    export: exportFlag,
    detach: detachFlag,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsResume)
    // "latest" may be another one by now.
    const id = detachedSelf?.operationId ?? args.id
    const overrides = {
      ...(flags.epochs === undefined ? {} : { epochs: flags.epochs }),
      ...queueOverrides(queueOptions(flags)),
    }
    return this.withKtrdr(
      flags,
      (ktrdr) => {
        const { operationId, type } = ktrdr.operations.show(id)
        if (flags.export !== undefined && type !== 'backtesting')
          throw new KtrdrError('USAGE', `${operationId} is a ${type}: it has nothing to export.`, {
            suggestions: [`ktrdr operations resume ${operationId}`],
          })
        return exporting(flags.export, () =>
          this.watch(ktrdr, flags, { resume: operationId }, (listener) =>
            ktrdr.operations.resume(operationId, overrides, listener),
          ),
        )
      },
      id,
    )
  }
}
