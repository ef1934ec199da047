import { savedScreen } from '../../src/terminal/operation-actions.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

const WAIT_MS = 30_000

export default class OperationsCheckpoint extends BaseCommand {
  static override summary = 'save a running operation now, from any terminal'
  static override description =
    'Asks it for a checkpoint and waits until that is safe; the run goes on. Also a run that was told to save nothing saves then.'
  static override examples = ['<%= config.bin %> operations checkpoint latest']
  static override args = { id: operationArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsCheckpoint)
    return this.withKtrdr(flags, async (ktrdr) => {
      const checkpoint = await ktrdr.operations.saveNow(args.id, WAIT_MS)
      this.log(savedScreen(checkpoint))
      return checkpoint
    })
  }
}
