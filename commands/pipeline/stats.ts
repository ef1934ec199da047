import { pipelineStatsScreen } from '../../src/terminal/pipelines.ts'
import { phaseArg, pipelineArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class PipelineStats extends BaseCommand {
  static override summary = 'how many checkpoints the phases of a pipeline have'
  static override description =
    'VALID ones are neither damaged nor past the ttl of their phase. CACHED are completions that are remembered, MADE is what these have written.'
  static override examples = [
    '<%= config.bin %> pipeline stats pipeline.yaml',
    '<%= config.bin %> pipeline stats pipeline.yaml train --json',
  ]
  static override args = { file: pipelineArg, phase: phaseArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(PipelineStats)
    const stats = await this.withKtrdr(flags, async (ktrdr) =>
      (await ktrdr.pipelines()).stats(args.file, args.phase),
    )
    this.log(pipelineStatsScreen(stats, this.room))
    return stats
  }
}
