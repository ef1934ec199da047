import { BaseCommand } from './base.ts'
export default class Doctor extends BaseCommand {
  async run(): Promise<object> {
    return {}
  }
}
