import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import { markedScreen } from '../../src/terminal/checkpoint-actions.ts'
import { oneCheckpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsTag extends BaseCommand {
  static override summary = 'give a checkpoint a name by which it can be called'
  static override description =
    'ID@NAME means it from then on, wherever ID@NUMBER does. A name stands for one checkpoint of an operation.'
  static override examples = [
    '<%= config.bin %> checkpoints tag abc123@7 before-tuning',
    '<%= config.bin %> checkpoints tag abc123@before-tuning --remove',
  ]
  static override args = {
    id: oneCheckpointArg,
    name: Args.string({ description: 'lower case: a letter, then letters, digits, . _ -' }),
  }
  static override flags = {
    note: Flags.string({ helpValue: 'TEXT', description: 'kept with it; "" takes it away' }),
    remove: Flags.boolean({ description: 'take the name away; so does the name ""' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsTag)
    const { id, name } = args
    if (Boolean(flags.remove) === (name !== undefined))
      throw new KtrdrError('USAGE', 'Give a name, or say --remove.', {
        suggestions: [`ktrdr checkpoints tag ${id} before-tuning`],
      })
    const note = flags.note === undefined ? {} : { note: flags.note || null }
    const checkpoint = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.mark(id, { tag: name || null, ...note }),
    )
    this.log(markedScreen(checkpoint))
    return checkpoint
  }
}
