import { runDemo } from '../src/demo.ts'
import { visible } from '../src/terminal/format.ts'
import { demoEnding } from '../src/terminal/demo.ts'
import { BaseCommand } from './base.ts'

export default class Demo extends BaseCommand {
  static override summary = 'see it train, die, resume to the same bytes, and backtest'
  static override description =
    'Trains a small strategy on real bars, kills the same training inside an epoch, resumes it, and compares the files; then the same with a backtest. It takes less than a minute, uses a fresh directory, and every line is the output of the real commands. It exits 1 if a single byte differs.'
  static override examples = ['<%= config.bin %> demo']

  async run(): Promise<object> {
    await this.parse(Demo)
    const isJson = this.jsonEnabled()
    const report = await runDemo(
      (line) => process[isJson ? 'stderr' : 'stdout'].write(`${visible(line)}\n`),
      isJson ? 2 : 1,
    )
    this.log(demoEnding(report))
    return report
  }
}
