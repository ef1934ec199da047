import { Args } from '@oclif/core'
import { showSettings } from '../../src/ktrdr.ts'
import { settingsScreen } from '../../src/terminal/settings.ts'
import { BaseCommand } from '../base.ts'

export default class ConfigShow extends BaseCommand {
  static override summary = 'show every setting, and where it came from'
  static override description =
    'An option wins over the environment, that over ./ktrdr.yaml, that over your own config.yaml, that over the default. Keys and passphrases are never shown.'
  static override examples = [
    '<%= config.bin %> config show',
    '<%= config.bin %> config show checkpoint',
    '<%= config.bin %> config show checkpoint.keep_last --json',
  ]
  static override args = {
    key: Args.string({ description: 'one setting, or the beginning of several' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ConfigShow)
    const shown = showSettings(await this.settingsOf(flags), process.env, args.key)
    this.log(settingsScreen(shown, this.room))
    return shown
  }
}
