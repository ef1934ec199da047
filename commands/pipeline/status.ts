import { pipelineStatusScreen } from '../../src/terminal/pipelines.ts'
import { pipelineArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class PipelineStatus extends BaseCommand {
  static override summary = 'where the phases of a pipeline stand'
  static override description =
    'STALE is what does not hold any more, because something that it depends on has changed; EXPIRED is past its ttl.'
  static override examples = [
    '<%= config.bin %> pipeline status examples/pipelines/pullback.yaml',
    '<%= config.bin %> pipeline status pipeline.yaml --json',
  ]
  static override args = { file: pipelineArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(PipelineStatus)
    const status = await this.withKtrdr(flags, async (ktrdr) =>
      (await ktrdr.pipelines()).status(args.file),
    )
    this.log(pipelineStatusScreen({ ...status, file: args.file }, this.room))
    return status
  }
}
