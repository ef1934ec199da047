import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import type { Verification } from '../../src/ktrdr.ts'
import { verificationScreen } from '../../src/terminal/verification.ts'
import { CHECKPOINT_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsVerify extends BaseCommand {
  static override summary = 'read every byte of checkpoints and tell which are damaged'
  static override description =
    'Reads those of all operations unless one is named, also while they run. What is damaged is marked, and a mark that is wrong is cleared.'
  static override examples = [
    '<%= config.bin %> checkpoints verify',
    '<%= config.bin %> checkpoints verify abc123@7',
    '<%= config.bin %> checkpoints verify --sample 5% --json',
  ]
  static override args = { id: Args.string({ description: CHECKPOINT_ID }) }
  static override flags = {
    sample: Flags.string({
      helpValue: '5%',
      description: 'only this share of them, evenly spread, the newest among them',
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsVerify)
    const verification = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.verify(args.id, flags.sample),
    )
    this.log(verificationScreen(verification, this.room))
    refuseWhatIsBad(verification)
    return verification
  }
}

/** @throws CHECKPOINT_CORRUPT, else FORMAT_TOO_NEW, else IO_FAILED, with all that was found */
function refuseWhatIsBad(verification: Verification): void {
  const { checkpoints, damaged } = verification
  const bad = checkpoints.filter(({ verdict }) => verdict !== 'ok')
  if (bad.length === 0) return
  const isTooNew = bad.some(({ verdict }) => verdict === 'too-new')
  const code = damaged > 0 ? 'CHECKPOINT_CORRUPT' : isTooNew ? 'FORMAT_TOO_NEW' : 'IO_FAILED'
  throw new KtrdrError(
    code,
    `Checkpoints that cannot be used: ${bad.length} of ${checkpoints.length}.`,
    {
      suggestions:
        damaged > 0 ? ['Restore the files from a backup, or delete those checkpoints.'] : [],
      details: { ...verification },
    },
  )
}
