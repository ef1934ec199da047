import { Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import { migrateStrategy, type MigrationReport } from '../src/ktrdr.ts'
import { migrationScreen } from '../src/terminal/migration.ts'
import { strategyArg } from './args.ts'
import { BaseCommand } from './base.ts'

export default class Migrate extends BaseCommand {
  static override summary = 'make version 3 of an older strategy'
  static override description =
    'Writes a strategy of version 2 or 1 anew beside it, with its comments, and says line by line what has become of it: the hyper-parameters of model.training move to training, indicators become a mapping, and every fuzzy set an input. What version 3 has nothing like is marked with "!". The old file stays as it is.'
  static override examples = [
    '<%= config.bin %> migrate strategies/momentum.yaml',
    '<%= config.bin %> migrate momentum.yaml --dry-run',
    '<%= config.bin %> migrate momentum.yaml --out strategies/momentum_v3.yaml',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    out: Flags.string({
      helpValue: 'FILE',
      description: 'the new file, which names the strategy (NAME.v3.yaml beside the old one)',
    }),
    force: Flags.boolean({ description: 'replace the new file, also by one that does not load' }),
    'dry-run': Flags.boolean({ description: 'show the changes and the new file, write nothing' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Migrate)
    const { out, force, 'dry-run': dryRun } = flags
    const options = { out, force, dryRun }
    const report = await migrateStrategy(args.strategy, options, process.env, process.cwd())
    this.log(migrationScreen(report, dryRun, this.room))
    refuseWhatDoesNotLoad(report)
    return report
  }
}

/** @throws STRATEGY_INVALID */
function refuseWhatDoesNotLoad(report: MigrationReport): void {
  const { path, out, written, problems } = report
  if (problems.length === 0) return
  const state = written ? 'It was written all the same' : 'Nothing was written'
  throw new KtrdrError(
    'STRATEGY_INVALID',
    `Version 3 of ${path} would not load. ${state}.\n${problems.join('\n')}`,
    {
      suggestions: written
        ? [`ktrdr validate ${out!}`]
        : [`ktrdr migrate ${path} --out ${out!} --force`],
      details: { ...report },
    },
  )
}
