import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import type { Verification } from '../../src/ktrdr.ts'
import { verificationScreen } from '../../src/terminal/verification.ts'
import { CHECKPOINT_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsVerify extends BaseCommand {
  static override summary = 'read every byte of checkpoints, tell which are damaged, and repair'
  static override description =
    'Reads those of all operations unless one is named, also while they run, and looks at the database too. What is damaged is marked, and a mark that is wrong is cleared. --repair moves damaged packs into quarantine and drops what can never be read.'
  static override examples = [
    '<%= config.bin %> checkpoints verify',
    '<%= config.bin %> checkpoints verify abc123@7',
    '<%= config.bin %> checkpoints verify --sample 5% --json',
    '<%= config.bin %> checkpoints verify --all --repair',
  ]
  static override args = { id: Args.string({ description: CHECKPOINT_ID }) }
  static override flags = {
    all: Flags.boolean({ description: 'those of all operations, as without an ID' }),
    sample: Flags.string({
      helpValue: '5%',
      description: 'only this share of the packs, those that were not verified for longest',
    }),
    repair: Flags.boolean({ description: 'remove what is damaged; copies go into quarantine' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsVerify)
    const { all, sample, repair } = flags
    if (all && args.id !== undefined)
      throw new KtrdrError('USAGE', 'Name one operation, or say --all.', {
        suggestions: ['ktrdr checkpoints verify --all'],
      })
    const verification = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.verify(args.id, { sample, repair }),
    )
    this.log(verificationScreen(verification, this.room))
    if (repair) refuseWhatIsLeft(verification)
    else refuseWhatIsBad(verification)
    return verification
  }
}

/** @throws CHECKPOINT_CORRUPT, else FORMAT_TOO_NEW, else IO_FAILED, with all that was found */
function refuseWhatIsBad(verification: Verification): void {
  const { checkpoints, damaged, problems } = verification
  const bad = checkpoints.filter(({ verdict }) => verdict !== 'ok')
  if (bad.length === 0 && problems.length === 0) return
  const isTooNew = bad.some(({ verdict }) => verdict === 'too-new')
  const isDamaged = damaged > 0 || problems.length > 0
  const code = isDamaged ? 'CHECKPOINT_CORRUPT' : isTooNew ? 'FORMAT_TOO_NEW' : 'IO_FAILED'
  throw new KtrdrError(
    code,
    bad.length > 0
      ? `Checkpoints that cannot be used: ${bad.length} of ${checkpoints.length}.`
      : 'The checkpoints are whole, but the database is not.',
    {
      suggestions: isDamaged
        ? ['Restore the files from a backup, or: ktrdr checkpoints verify --repair']
        : [],
      details: { ...verification },
    },
  )
}

/** @throws REPAIR_INCOMPLETE, or CHECKPOINT_CORRUPT when nothing could be repaired */
function refuseWhatIsLeft(verification: Verification): void {
  const { repairs } = verification
  const left = repairs.filter(({ action }) => action === 'left')
  if (left.length === 0) return
  throw new KtrdrError(
    left.length < repairs.length ? 'REPAIR_INCOMPLETE' : 'CHECKPOINT_CORRUPT',
    `Left as it is: ${left.length} of what was found.`,
    {
      suggestions: left.map(({ subject, what }) => `${subject}: ${what}`),
      details: { ...verification },
    },
  )
}
