import { Args, Flags } from '@oclif/core'
import type { DeletedModels, ModelView } from '../../src/ktrdr.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { deleteModelsQuestion, modelsDeletedScreen } from '../../src/terminal/models.ts'
import { MODEL_NAME } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class ModelsDelete extends BaseCommand {
  static override summary = 'delete models'
  static override description =
    'Asks first. A model stays that something is running with, that a stopped run needs to be resumed, or a pinned checkpoint. No later model gets its number.'
  static override examples = [
    '<%= config.bin %> models delete pullback@3',
    '<%= config.bin %> models delete pullback@1 pullback@2 --yes',
    '<%= config.bin %> models delete pullback@3 --dry-run',
  ]
  static override args = {
    model: Args.string({
      required: true,
      multiple: true,
      description: `with its version: ${MODEL_NAME}`,
    }),
  }
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    'dry-run': Flags.boolean({ description: 'only tell what would go' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ModelsDelete)
    const dryRun = flags['dry-run']
    return this.withKtrdr(flags, async ({ models }): Promise<DeletedModels> => {
      // "latest" may be another one by the time of the answer: from here on each has its number.
      const chosen = new Map<string, ModelView>()
      for (const text of args.model) {
        const view = await models.chooseToDelete(text)
        chosen.set(view.path, view)
      }
      const all = [...chosen.values()]
      const planned = models.delete(all, { dryRun: true })
      const command = `ktrdr models delete ${all.map(({ model }) => model).join(' ')} --yes`
      const isAsked = !dryRun && !flags.yes
      if (isAsked && !(await confirm(deleteModelsQuestion(all, this.room), command))) {
        this.log('Deletion aborted.')
        return { dryRun, deleted: [], bytesFreed: 0 }
      }
      const result = dryRun ? planned : models.delete(all, { dryRun })
      this.log(modelsDeletedScreen(result))
      return result
    })
  }
}
