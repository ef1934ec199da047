import { Flags } from '@oclif/core'
import { listIndicators } from '../../src/ktrdr.ts'
import { indicatorsScreen } from '../../src/terminal/indicators.ts'
import { BaseCommand } from '../base.ts'

export default class IndicatorsList extends BaseCommand {
  static override summary = 'list all indicators'
  static override description =
    'Each by its type, with its other names, its parameters and their defaults, and its outputs, the primary one first.'
  static override examples = [
    '<%= config.bin %> indicators list',
    '<%= config.bin %> indicators list --search volume',
  ]
  static override flags = {
    search: Flags.string({ helpValue: 'TEXT', description: 'only those that speak of it' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(IndicatorsList)
    const indicators = listIndicators(flags.search)
    this.log(indicatorsScreen(indicators, this.room))
    return { indicators, total: indicators.length }
  }
}
