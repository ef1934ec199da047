// What `init` asks when it was not told: one question each, with a default. Never a prompt where nobody can answer.

import { KtrdrError } from '../core/errors.ts'

type Answers = {
  readonly name: string
  readonly template: string
  readonly kind: string
  readonly symbol: string
  readonly timeframe: string
}

export type Question = {
  readonly name: keyof Answers
  readonly message: string
  /** One of these; any text without them. */
  readonly choices?: readonly { readonly value: string; readonly name: string }[]
  readonly byDefault?: string
  /** Why a text cannot be; undefined when it can. */
  readonly refuse?: (text: string) => string | undefined
}

/**
 * @param command what to type where nobody can be asked
 * @throws CONFIRMATION_REQUIRED without a terminal; CANCELLED when Ctrl-C answers
 */
export async function askStarter(
  questions: readonly Question[],
  command: string,
): Promise<Partial<Answers>> {
  if (questions.length === 0) return {}
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new KtrdrError(
      'CONFIRMATION_REQUIRED',
      `This needs ${questions.map(({ name }) => `a ${name}`).join(' and ')}, and there is no terminal to ask on.`,
      { suggestions: [command] },
    )
  const { default: inquirer } = await import('inquirer')
  const ask = inquirer.createPromptModule({ output: process.stderr })
  try {
    return (await ask(questions.map(prompt))) as Partial<Answers>
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error
    throw new KtrdrError('CANCELLED', 'Stopped at the question: nothing was written.')
  }
}

function prompt({ name, message, choices, byDefault, refuse }: Question) {
  const shared = {
    name,
    message,
    ...(byDefault === undefined ? {} : { default: byDefault }),
  }
  if (choices)
    return { ...shared, type: 'select', choices, pageSize: choices.length, loop: false } as const
  const validate = (text: string) => refuse?.(text) ?? true
  return { ...shared, type: 'input', validate } as const
}
