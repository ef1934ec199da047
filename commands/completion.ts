import { Args } from '@oclif/core'
import { listIndicators, settingKeys } from '../src/ktrdr.ts'
import {
  COMPLETION_SHELLS,
  completionScript,
  type CompletionShell,
} from '../src/terminal/completion/script.ts'
import { BaseCommand } from './base.ts'
import { completionTable } from './completion-table.ts'

export default class Completion extends BaseCommand {
  static override summary = 'print a script that completes command lines in your shell'
  static override description =
    'Completes commands, options and their values, and the ids of your operations, checkpoints, models and strategies. Print it again when ktrdr was updated.'
  static override examples = [
    '<%= config.bin %> completion bash >>~/.bashrc',
    '<%= config.bin %> completion zsh >~/.zfunc/_ktrdr',
    '<%= config.bin %> completion fish >~/.config/fish/completions/ktrdr.fish',
  ]
  static override args = {
    shell: Args.string({
      required: true,
      options: [...COMPLETION_SHELLS],
      description: COMPLETION_SHELLS.join(', '),
    }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(Completion)
    const table = completionTable(this.config.commands, {
      settings: settingKeys(),
      indicators: listIndicators().map(({ type }) => type),
    })
    const script = completionScript(args.shell as CompletionShell, table)
    this.log(script)
    return { shell: args.shell, script }
  }
}
