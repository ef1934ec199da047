import { Flags } from '@oclif/core'
import { createPipelinePrinter } from '../../src/terminal/pipeline-printer.ts'
import {
  pipelinePlanScreen,
  pipelineScreen,
  pipelineStoppedScreen,
} from '../../src/terminal/pipelines.ts'
import { pipelineArg } from '../args.ts'
import { BaseCommand, EXIT_OF_SIGNAL } from '../base.ts'
import { dieOf, progressFlags, threadsFlag } from '../run-command.ts'

export default class PipelineRun extends BaseCommand {
  static override summary = 'run the phases of a pipeline that are not done yet'
  static override description =
    'Phases run in the order of what they need. What is done, and depends on nothing that has changed, is cached; what was begun goes on from its newest checkpoint; the rest runs. It can be stopped or killed at any instant: the same command goes on.'
  static override examples = [
    '<%= config.bin %> pipeline run examples/pipelines/pullback.yaml',
    '<%= config.bin %> pipeline run pipeline.yaml --dry-run',
    '<%= config.bin %> pipeline run pipeline.yaml --from train',
  ]
  static override args = { file: pipelineArg }
  static override flags = {
    from: Flags.string({
      helpValue: 'PHASE',
      description: 'do this phase anew, and all that depends on it',
    }),
    force: Flags.boolean({ description: 'do all phases anew' }),
    'dry-run': Flags.boolean({ description: 'say what would be done, and stop' }),
    threads: threadsFlag,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(PipelineRun)
    const { from, force } = flags
    return this.withKtrdr(flags, async (ktrdr) => {
      const pipelines = await ktrdr.pipelines()
      if (flags['dry-run']) {
        const plan = await pipelines.plan(args.file, { from, force })
        this.log(pipelinePlanScreen(plan.phases, this.room))
        return plan
      }
      const printer = await createPipelinePrinter({
        mode: flags.progress === 'auto' && this.jsonEnabled() ? 'none' : flags.progress,
        stream: process.stderr,
        clock: ktrdr.clock,
        quiet: flags.quiet,
      })
      const run = await pipelines
        .run(args.file, { from, force }, printer.listener)
        .finally(printer.close)
      this.log(pipelineScreen(run.phases, this.room))
      if (run.status === 'completed') return run
      const signal = run.signal ?? 'SIGINT'
      process.exitCode = EXIT_OF_SIGNAL[signal]!
      this.logToStderr(pipelineStoppedScreen({ ...run, file: args.file }))
      if (run.isAbandoned) {
        if (this.jsonEnabled()) this.logJson(run)
        dieOf(signal)
      }
      return run
    })
  }
}
