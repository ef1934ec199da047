import { Args } from '@oclif/core'
import { modelComparisonScreen } from '../../src/terminal/model-page.ts'
import { MODEL_NAME } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class ModelsCompare extends BaseCommand {
  static override summary = 'compare models: settings that differ, and figures side by side'
  static override examples = [
    '<%= config.bin %> models compare pullback@1 pullback@2',
    '<%= config.bin %> models compare pullback@best pullback@latest --json',
  ]
  static override args = {
    model: Args.string({
      required: true,
      multiple: true,
      description: `two or more: ${MODEL_NAME}`,
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ModelsCompare)
    const compared = await this.withKtrdr(flags, (ktrdr) => ktrdr.models.compare(args.model))
    this.log(modelComparisonScreen(compared, this.room))
    return compared
  }
}
