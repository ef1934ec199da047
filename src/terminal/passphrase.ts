// A new passphrase, asked for twice and never shown.

import { KtrdrError } from '../core/errors.ts'

/**
 * @param command what to type where nobody can be asked
 * @throws CONFIRMATION_REQUIRED without a terminal; USAGE when the two differ; CANCELLED when Ctrl-C answers
 */
export async function askNewPassphrase(command: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new KtrdrError(
      'CONFIRMATION_REQUIRED',
      'A new passphrase is needed, and there is no terminal to ask on.',
      { suggestions: [command, 'ktrdr checkpoints rekey --new-key-file FILE'] },
    )
  const { default: inquirer } = await import('inquirer')
  const ask = inquirer.createPromptModule({ output: process.stderr })
  const question = (name: string, message: string) =>
    ({ type: 'password', name, message, theme: { prefix: '' } }) as const
  try {
    const { once, again } = await ask([
      question('once', 'New passphrase:'),
      question('again', 'Once more:'),
    ])
    if (once !== '' && once === again) return once
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error
    throw new KtrdrError('CANCELLED', 'Stopped at the question: nothing was done.')
  }
  throw new KtrdrError('USAGE', 'The two passphrases differ, or are empty: nothing was done.')
}
