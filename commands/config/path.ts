import { settingsPlaces } from '../../src/ktrdr.ts'
import { placesScreen } from '../../src/terminal/settings.ts'
import { BaseCommand } from '../base.ts'

export default class ConfigPath extends BaseCommand {
  static override summary = 'show where settings, data, models and logs lie'
  static override examples = ['<%= config.bin %> config path']

  async run(): Promise<object> {
    const { flags } = await this.parse(ConfigPath)
    const places = settingsPlaces(await this.settingsOf(flags), {
      env: process.env,
      cwd: process.cwd(),
    })
    this.log(placesScreen(places, this.room))
    return { places }
  }
}
