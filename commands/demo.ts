import { BaseCommand } from './base.ts'
export default class Demo extends BaseCommand {
  async run(): Promise<object> {
    await this.parse(Demo)
    return {}
  }
}
