import { Flags } from '@oclif/core'
import { MODEL_SORTS } from '../../src/ktrdr.ts'
import { modelsScreen } from '../../src/terminal/models.ts'
import { BaseCommand } from '../base.ts'

export default class ModelsList extends BaseCommand {
  static override summary = 'list trained models'
  static override examples = [
    '<%= config.bin %> models list',
    '<%= config.bin %> models list --strategy pullback --sort loss --limit 5',
  ]
  static override flags = {
    strategy: Flags.string({ helpValue: 'NAME', description: 'only those of this strategy' }),
    sort: Flags.option({ options: MODEL_SORTS, default: 'age', description: 'the order' })(),
    limit: Flags.integer({ min: 1, helpValue: 'N', description: 'only the first N' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(ModelsList)
    const { strategy, sort, limit } = flags
    const list = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.models.list({ strategy, sort, limit }),
    )
    this.log(modelsScreen(list, this.room))
    return list
  }
}
