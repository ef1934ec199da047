import { Args } from '@oclif/core'
import { HELP_TOPICS, helpTopic, type HelpPage } from '../src/ktrdr.ts'
import { helpTopicScreen } from '../src/terminal/help-topic.ts'
import { BaseCommand } from './base.ts'

/** Only topics come here: help of commands is oclif's (see runCli). */
export default class Help extends BaseCommand {
  static override summary = `explain ${HELP_TOPICS.slice(0, -1).join(', ')} or ${HELP_TOPICS.at(-1)}, or a command`
  static override examples = [
    '<%= config.bin %> help exit-codes',
    '<%= config.bin %> help environment',
    '<%= config.bin %> help operations resume',
  ]
  static override args = {
    topic: Args.string({
      required: true,
      options: HELP_TOPICS,
      description: `${HELP_TOPICS.join(', ')}, or a command`,
    }),
  }

  async run(): Promise<HelpPage> {
    const { args } = await this.parse(Help)
    const page = helpTopic(args.topic as (typeof HELP_TOPICS)[number])
    this.log(helpTopicScreen(page, this.room))
    return page
  }
}
