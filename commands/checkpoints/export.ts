import { Args } from '@oclif/core'
import { exportedScreen } from '../../src/terminal/checkpoint-actions.ts'
import { checkpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsExport extends BaseCommand {
  static override summary = 'write a checkpoint as files that other programs open'
  static override description =
    'A directory with checkpoint.json and plain safetensors: model, optimizer, best, equity and so on. A name that ends in .safetensors gets everything in one file. Overwrites nothing.'
  static override examples = [
    '<%= config.bin %> checkpoints export abc123@7 epoch-30',
    '<%= config.bin %> checkpoints export latest weights.safetensors',
  ]
  static override args = {
    id: checkpointArg,
    target: Args.string({ required: true, description: 'the directory or file to write' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsExport)
    const exported = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.export(args.id, args.target),
    )
    this.log(exportedScreen(exported))
    return exported
  }
}
