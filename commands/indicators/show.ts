import { Args } from '@oclif/core'
import { describeIndicator } from '../../src/ktrdr.ts'
import { indicatorScreen } from '../../src/terminal/indicators.ts'
import { BaseCommand } from '../base.ts'

export default class IndicatorsShow extends BaseCommand {
  static override summary = 'explain one indicator'
  static override description =
    'Its formula, what each parameter takes, its outputs and how many bars they warm up, and how to write it into a strategy.'
  static override examples = [
    '<%= config.bin %> indicators show macd',
    '<%= config.bin %> indicators show bbands --json',
  ]
  static override args = {
    type: Args.string({ required: true, description: 'its type, or another of its names' }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(IndicatorsShow)
    const indicator = describeIndicator(args.type)
    this.log(indicatorScreen(indicator, this.room))
    return indicator
  }
}
