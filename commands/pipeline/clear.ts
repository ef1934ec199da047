import { Flags } from '@oclif/core'
import { shellWord } from '../../src/core/shell-word.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { clearedScreen, clearQuestion } from '../../src/terminal/pipelines.ts'
import { phaseArg, pipelineArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class PipelineClear extends BaseCommand {
  static override summary = 'forget what a pipeline has done and begun, with its checkpoints'
  static override description =
    'Asks first. Models, results and files that were made stay where they are; the phases run again.'
  static override examples = [
    '<%= config.bin %> pipeline clear pipeline.yaml',
    '<%= config.bin %> pipeline clear pipeline.yaml train --yes',
  ]
  static override args = { file: pipelineArg, phase: phaseArg }
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(PipelineClear)
    const { file, phase } = args
    return this.withKtrdr(flags, async (ktrdr) => {
      const pipelines = await ktrdr.pipelines()
      const stats = pipelines.stats(file, phase)
      const words = [file, phase].flatMap((word) => (word === undefined ? [] : [shellWord(word)]))
      const command = `ktrdr pipeline clear ${words.join(' ')} --yes`
      if (!flags.yes && !(await confirm(clearQuestion(file, phase, stats), command))) {
        this.log('Nothing was forgotten.')
        return {
          file: stats.file,
          phases: [],
          checkpointsDeleted: 0,
          completionsForgotten: 0,
          bytesFreed: 0,
        }
      }
      const cleared = pipelines.clear(file, phase)
      this.log(clearedScreen(cleared))
      return cleared
    })
  }
}
