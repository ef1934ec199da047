import { Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import { examine, rebuild, type Finding, type Rebuilt } from '../src/ktrdr.ts'
import { findingsScreen, rebuiltScreen } from '../src/terminal/doctor.ts'
import { BaseCommand } from './base.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'examine the program and the data directory, or make the database again'
  static override description =
    'Looks at the program, its threads and its kernel, at the file system, permissions and clock, at the database, the records, the packs, what crashes left behind, and the disk; changes nothing, and says what to type. --rebuild makes the database again from packs and published models when it is gone or cannot be read; a broken one is moved aside.'
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --rebuild']
  static override flags = {
    rebuild: Flags.boolean({ description: 'make the database again from packs and bundles' }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(Doctor)
    const settings = await this.settingsOf(flags)
    if (flags.rebuild) {
      const rebuilt = rebuild(settings)
      this.log(rebuiltScreen(rebuilt, this.room))
      refuseWhatIsLost(rebuilt)
      return rebuilt
    }
    const findings = await examine(settings, process.env)
    this.log(findingsScreen(findings, this.room))
    refuseProblems(findings)
    return { findings }
  }
}

/** Checks of the machine, not of what is stored. */
const OF_MACHINE = new Set(['program', 'worker', 'kernel', 'file system', 'permissions', 'clock'])

/** @throws CHECKPOINT_CORRUPT; IO_FAILED when what is stored is well */
function refuseProblems(findings: readonly Finding[]): void {
  const problems = findings.filter(({ verdict }) => verdict === 'problem')
  if (problems.length === 0) return
  const isMachine = problems.every(({ check }) => OF_MACHINE.has(check))
  throw new KtrdrError(
    isMachine ? 'IO_FAILED' : 'CHECKPOINT_CORRUPT',
    `Not well: ${problems.map(({ check }) => check).join(', ')}.`,
    {
      suggestions: [...new Set(problems.flatMap(({ suggestions }) => suggestions))],
      details: { findings },
    },
  )
}

/** @throws REPAIR_INCOMPLETE */
function refuseWhatIsLost(rebuilt: Rebuilt): void {
  const { operations, unusable, withoutTrace } = rebuilt
  const lost = operations.reduce((sum, one) => sum + one.lost.length, 0)
  const gone = operations.filter(({ seqs }) => seqs.length === 0).length + withoutTrace.length
  if (lost + gone + unusable.length === 0) return
  throw new KtrdrError('REPAIR_INCOMPLETE', 'Not everything could come back.', {
    suggestions: ['ktrdr operations list'],
    details: { ...rebuilt },
  })
}
