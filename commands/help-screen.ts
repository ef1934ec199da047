// Help of commands and topics as oclif makes it, with the examples first.

import { CommandHelp, Help } from '@oclif/core'

class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const isExamples = ({ header }: { readonly header: string }): boolean => header === 'EXAMPLES'
    const sections = super.sections()
    return [...sections.filter(isExamples), ...sections.filter((section) => !isExamples(section))]
  }
}

export class HelpScreen extends Help {
  protected override CommandHelpClass = ExamplesFirst

  /** oclif takes a leading "help" for no word at all; here it is a command. */
  override async showHelp(argv: string[]): Promise<void> {
    if (argv[0] !== 'help') return super.showHelp(argv)
    await this.showCommandHelp(this.config.findCommand('help', { must: true }))
  }
}

/** Whether a command line asks for help; what follows -- is an argument. */
export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  return argv.length === 0 || words.some((word) => word === '--help' || word === '-h')
}
