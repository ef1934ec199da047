import { Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import { sweepScreen } from '../src/terminal/sweep.ts'
import { BaseCommand } from './base.ts'

export default class Gc extends BaseCommand {
  static override summary = 'remove what crashes and rollbacks left behind'
  static override description =
    'Removes packs, temporary files and locks that no record names, checkpoints newer than one that was rolled back to, copies that have been in quarantine for long, what nobody needs of packs that are mostly unneeded, and the cache of bars. Files of running operations are never touched; it may be interrupted anywhere.'
  static override examples = ['<%= config.bin %> gc --dry-run', '<%= config.bin %> gc --json']
  static override flags = {
    'dry-run': Flags.boolean({ default: false, description: 'only say what would be removed' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(Gc)
    const dryRun = flags['dry-run']
    const result = await this.withKtrdr(flags, (ktrdr) => ktrdr.gc({ dryRun }))
    this.log(sweepScreen(result, dryRun, this.room))
    if (result.failed.length > 0)
      throw new KtrdrError('SWEEP_INCOMPLETE', `Could not be removed: ${result.failed.length}.`, {
        suggestions: result.failed.map(({ path, reason }) => `${path}: ${reason}`),
        details: { ...result },
      })
    return { dryRun, ...result }
  }
}
