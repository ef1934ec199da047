import { Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import type { Cleanup } from '../../src/ktrdr.ts'
import { cleanupQuestion, cleanupScreen } from '../../src/terminal/cleanup.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsCleanup extends BaseCommand {
  static override summary = 'delete old checkpoints, and files that crashes left behind'
  static override description =
    'Goes by the settings checkpoint.max_age and checkpoint.max_size and by what each operation was started with; asks first. What is running, pinned or tagged stays. It may be interrupted anywhere.'
  static override examples = [
    '<%= config.bin %> checkpoints cleanup --dry-run',
    '<%= config.bin %> checkpoints cleanup --older-than 7d --keep-last 1 --yes',
    '<%= config.bin %> checkpoints cleanup --max-size 5GB --archive old-checkpoints',
  ]
  static override flags = {
    'older-than': Flags.string({ helpValue: '30d', description: 'those of this age; 0 = none' }),
    'keep-last': Flags.integer({
      min: 1,
      helpValue: 'N',
      description: 'newest ones to keep of each operation',
    }),
    'max-size': Flags.string({
      helpValue: '5GB',
      description: 'until all that is left fits into this, the oldest operations first',
    }),
    archive: Flags.string({
      helpValue: 'DIR',
      description: 'export each checkpoint to DIR before it is deleted',
    }),
    'dry-run': Flags.boolean({ default: false, description: 'only say what would go, and why' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(CheckpointsCleanup)
    const { archive, 'older-than': olderThan, 'keep-last': keepLast, 'max-size': maxSize } = flags
    const rules = { olderThan, keepLast, maxSize }
    return this.withKtrdr(flags, async ({ checkpoints }) => {
      if (flags['dry-run'] || !flags.yes) {
        const plan = checkpoints.cleanup(rules, { dryRun: true })
        if (flags['dry-run']) return this.show(plan)
        if (plan.checkpointsDeleted > 0) {
          const question = cleanupQuestion(plan, this.room)
          const command = ['ktrdr checkpoints cleanup', ...this.argv, '--yes'].join(' ')
          if (!(await confirm(question, command))) {
            this.log('Clean-up aborted.')
            return { ...plan, checkpointsDeleted: 0, orphanArtifactsCleaned: 0, bytesFreed: 0 }
          }
        }
      }
      return this.show(checkpoints.cleanup(rules, { dryRun: false, archive }))
    })
  }

  /** @throws SWEEP_INCOMPLETE when something could not be removed */
  private show(cleanup: Cleanup): Cleanup {
    this.log(cleanupScreen(cleanup, this.room))
    const { failed } = cleanup
    if (failed.length > 0)
      throw new KtrdrError('SWEEP_INCOMPLETE', `Could not be removed: ${failed.length}.`, {
        suggestions: failed.map(({ path, reason }) => `${path}: ${reason}`),
        details: { ...cleanup },
      })
    return cleanup
  }
}
