import { Args, Flags } from '@oclif/core'
import {
  factsOfData,
  initStrategy,
  STARTER_KINDS,
  STARTER_TEMPLATES,
  starterQuestions,
  TIMEFRAMES,
  type InitRequest,
} from '../src/ktrdr.ts'
import { askStarter } from '../src/terminal/ask-starter.ts'
import { initScreen } from '../src/terminal/starter.ts'
import { forceFlag } from './args.ts'
import { BaseCommand } from './base.ts'

export default class Init extends BaseCommand {
  static override summary = 'write a first strategy'
  static override description =
    'Writes a commented strategy to begin with to strategies/NAME.yaml, and says what to type next. It asks for what it is not told; --data tells symbol and timeframe from a file of bars. It replaces no file unless told to.'
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init dips --template mean-reversion --data EURUSD_1h.csv',
    '<%= config.bin %> init returns --kind regression --symbol SPY --timeframe 1d --yes',
  ]
  static override args = {
    name: Args.string({ description: 'of the strategy, its file and its models' }),
  }
  static override flags = {
    template: Flags.option({ options: STARTER_TEMPLATES, description: 'what it looks at' })(),
    kind: Flags.option({
      options: STARTER_KINDS,
      description:
        'the network: three that classify, and regression, which forecasts the return; or rules, which are not trained',
    })(),
    symbol: Flags.string({ helpValue: 'S', description: 'what is traded, e.g. EURUSD' }),
    timeframe: Flags.option({ options: TIMEFRAMES, description: 'the length of a bar' })(),
    data: Flags.string({
      helpValue: '[SYMBOL=]FILE',
      description: 'price bars that it will be trained or tried on',
    }),
    out: Flags.string({ helpValue: 'FILE', description: 'instead of strategies/NAME.yaml' }),
    force: forceFlag,
    yes: Flags.boolean({ char: 'y', description: 'ask nothing that has a default' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Init)
    const { data, timeframe, out, force, yes } = flags
    const facts = data === undefined ? {} : await factsOfData(data, timeframe)
    const { told, questions, command } = await starterQuestions(
      { ...flags, ...args, out },
      facts,
      !yes && process.stdin.isTTY,
    )
    const starter = { ...told, ...(await askStarter(questions, command)) }
    const request = { ...starter, data, out, force } as InitRequest // each key is told or asked for
    const report = await initStrategy(request, process.env, process.cwd())
    this.log(initScreen(report, this.room))
    return report
  }
}
