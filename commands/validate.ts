import { Args } from '@oclif/core'
import { validateStrategy } from '../src/ktrdr.ts'
import { validScreen } from '../src/terminal/strategy.ts'
import { BaseCommand } from './base.ts'

export default class Validate extends BaseCommand {
  static override summary = 'check a strategy file'
  static override description =
    'Says everything that is wrong with a strategy at once, each with its line and a remedy; else lists the features it gives the network.'
  static override examples = [
    '<%= config.bin %> validate examples/strategies/pullback.yaml',
    '<%= config.bin %> validate pullback --json',
  ]
  static override args = {
    strategy: Args.string({
      required: true,
      description: 'a YAML file, or its name in strategies/ or ./',
    }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(Validate)
    const report = await validateStrategy(args.strategy, process.env, process.cwd())
    this.log(validScreen(report))
    return report
  }
}
