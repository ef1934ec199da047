import { Flags } from '@oclif/core'
import { openFile } from '../src/ktrdr.ts'
import { reportScreen } from '../src/terminal/compare.ts'
import { forceFlag, operationArg } from './args.ts'
import { BaseCommand } from './base.ts'

export default class Report extends BaseCommand {
  static override summary = 'write a backtest, training, search or walk-forward as one HTML page'
  static override description =
    'Equity, drawdowns, trades on the bars, monthly returns, the memberships behind the best and the worst trades, the curves of the training, what was assumed and how to get it again: one file that loads nothing from anywhere, to open, print or send.'
  static override examples = [
    '<%= config.bin %> report latest --open',
    '<%= config.bin %> report abc123 --out pullback.html',
  ]
  static override args = { id: operationArg }
  static override flags = {
    out: Flags.string({
      helpValue: 'FILE',
      description: 'where to write it; without, reports/ID.html in the data directory',
    }),
    open: Flags.boolean({ description: 'open it in the browser' }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Report)
    const { out, force, open } = flags
    const report = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.reports.write(args.id, { out, force }),
    )
    this.log(reportScreen(report, this.room))
    if (open && !(await openFile(report.path)))
      this.logToStderr('! There is no program to open it with; open the file in a browser.')
    return report
  }
}
