import { modelScreen } from '../../src/terminal/model-page.ts'
import { modelArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class ModelsShow extends BaseCommand {
  static override summary = 'show what a model is, how it was trained, and whether it is whole'
  static override description =
    'Market and slices, network, features and how they are normalised, settings of the training, figures of the held-back slice, every file against its hash, and the command that trains it again.'
  static override examples = [
    '<%= config.bin %> models show pullback',
    '<%= config.bin %> models show pullback@best --json',
  ]
  static override args = { model: modelArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ModelsShow)
    const model = await this.withKtrdr(flags, (ktrdr) => ktrdr.models.show(args.model))
    this.log(modelScreen(model, this.room))
    return model
  }
}
