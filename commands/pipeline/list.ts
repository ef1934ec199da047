import { pipelinesScreen } from '../../src/terminal/pipelines.ts'
import { BaseCommand } from '../base.ts'

export default class PipelineList extends BaseCommand {
  static override summary = 'list pipelines that were run'
  static override examples = [
    '<%= config.bin %> pipeline list',
    '<%= config.bin %> pipeline list --json',
  ]

  async run(): Promise<object> {
    const { flags } = await this.parse(PipelineList)
    const pipelines = await this.withKtrdr(flags, async (ktrdr) => (await ktrdr.pipelines()).list())
    this.log(pipelinesScreen(pipelines, this.room))
    return { pipelines, total: pipelines.length }
  }
}
