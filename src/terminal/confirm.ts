// Yes or no before something is destroyed. Never a prompt where nobody can answer: then the flag is named.

import { KtrdrError } from '../core/errors.ts'
import { visible } from './format.ts'

/** The question is asked above; what inquirer adds to it is left away. */
const PLAIN = { prefix: '', style: { defaultAnswer: () => '' } }

/**
 * @param question what is about to happen, several lines; the default answer is no
 * @param command what to type to answer yes without being asked
 * @throws CONFIRMATION_REQUIRED without a terminal; CANCELLED when Ctrl-C answers
 */
export async function confirm(question: string, command: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new KtrdrError(
      'CONFIRMATION_REQUIRED',
      'This needs a yes, and there is no terminal to ask on.',
      {
        suggestions: [command],
      },
    )
  const { default: inquirer } = await import('inquirer')
  process.stderr.write(`${visible(question)}\n`)
  const ask = inquirer.createPromptModule({ output: process.stderr })
  try {
    const { yes } = await ask([
      { type: 'confirm', name: 'yes', message: '[y/N]:', default: false, theme: PLAIN },
    ])
    return yes
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error
    throw new KtrdrError('CANCELLED', 'Stopped at the question: nothing was done.')
  }
}
