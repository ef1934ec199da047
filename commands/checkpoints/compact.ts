import { compactedScreen } from '../../src/terminal/checkpoint-actions.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsCompact extends BaseCommand {
  static override summary = 'write what the checkpoints of an operation need into two packs'
  static override description =
    'Afterwards none of them needs a delta, and packs that were mostly unneeded are gone. No checkpoint changes. It may be interrupted anywhere.'
  static override examples = ['<%= config.bin %> checkpoints compact abc123']
  static override args = { id: operationArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsCompact)
    const compacted = await this.withKtrdr(flags, (ktrdr) => ktrdr.checkpoints.compact(args.id))
    this.log(compactedScreen(compacted))
    return compacted
  }
}
