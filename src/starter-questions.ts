// What is left to ask before a first strategy can be written, and what goes without saying.

import { KtrdrError } from './core/errors.ts'
import { initWords, type DataFacts, type InitRequest } from './init-strategy.ts'
import { TIMEFRAMES } from './data/bars.ts'
import { STARTER_KINDS, STARTER_TEMPLATES, type Starter } from './strategy/starter-choices.ts'

type StarterQuestion = {
  readonly name: keyof Starter
  readonly message: string
  readonly choices?: readonly { readonly value: string; readonly name: string }[]
  readonly byDefault?: string
  readonly refuse?: (text: string) => string | undefined
}

export type StarterPlan = {
  readonly told: Partial<Starter>
  readonly questions: readonly StarterQuestion[]
  /** What to type to be asked nothing. */
  readonly command: string
}

const TEMPLATES: Readonly<Record<Starter['template'], string>> = {
  momentum: 'momentum: go with moves that have begun',
  'mean-reversion': 'mean-reversion: buy what has fallen too far',
  trend: 'trend: stay with a trend while it lasts',
  'multi-timeframe': 'multi-timeframe: dips inside the trend of longer bars',
}

const KINDS: Readonly<Record<Starter['kind'], string>> = {
  mlp: 'mlp: classifies each bar by itself',
  lstm: 'lstm: classifies what the last bars led to',
  gru: 'gru: the same, with a smaller memory',
  regression: 'regression: forecasts the return, trades when it is worth its costs',
  rules: 'rules: conditions of indicators, without a network',
}

/**
 * @param given what the command line says
 * @param askAll also for what has a default
 */
export async function starterQuestions(
  given: {
    readonly [Key in keyof (Starter & Pick<InitRequest, 'out' | 'data'>)]?:
      | InitRequest[Key]
      | undefined
  },
  facts: Partial<DataFacts>,
  askAll: boolean,
): Promise<StarterPlan> {
  const [{ stemOf }, { NAME }] = await Promise.all([
    import('./strategy/load-strategy.ts'),
    import('./strategy/schema.ts'),
  ])
  const { out, data, template, kind } = given
  const possible = questionsWith(NAME)
  const usual = template ?? STARTER_TEMPLATES[0]
  const name = given.name ?? (out === undefined ? undefined : stemOf(out))
  const symbol = given.symbol ?? facts.symbol ?? undefined
  const timeframe = given.timeframe ?? facts.timeframe ?? undefined
  const told = {
    ...(name ? { name } : askAll ? {} : { name: usual }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(template ? { template } : askAll ? {} : { template: STARTER_TEMPLATES[0] }),
    ...(kind ? { kind } : askAll ? {} : { kind: STARTER_KINDS[0] }),
  }
  for (const question of possible) refuseTold(question, told[question.name])
  const questions = possible.filter((question) => !(question.name in told))
  const words = initWords({
    name: name || usual,
    template,
    kind,
    data,
    symbol: given.symbol ?? (facts.symbol ? undefined : 'EURUSD'),
    timeframe: given.timeframe ?? (facts.timeframe ? undefined : '1h'),
    out,
  })
  return { told, questions, command: words.join(' ') }
}

/** What is told is held to the same as what is answered. */
function refuseTold({ name, refuse }: StarterQuestion, text: string | undefined): void {
  const why = text === undefined ? undefined : refuse?.(text)
  if (why !== undefined)
    throw new KtrdrError('USAGE', `The ${name} cannot be "${text}". ${why}`, {
      suggestions: ['ktrdr init momentum --symbol EURUSD --timeframe 1h'],
    })
}

const questionsWith = (possibleName: RegExp): readonly StarterQuestion[] => [
  {
    name: 'name',
    message: 'Name of the strategy:',
    byDefault: STARTER_TEMPLATES[0],
    refuse: (text) =>
      possibleName.test(text) ? undefined : 'Letters, digits, _ and -; a letter or digit first.',
  },
  {
    name: 'symbol',
    message: 'Symbol:',
    byDefault: 'EURUSD',
    refuse: (text) =>
      /^[A-Za-z0-9_\-.]{1,20}$/.test(text) ? undefined : '1 to 20 letters, digits, _, - and .',
  },
  { name: 'timeframe', message: 'Bars of:', choices: asChoices(TIMEFRAMES), byDefault: '1h' },
  {
    name: 'template',
    message: 'It looks at:',
    choices: STARTER_TEMPLATES.map((value) => ({ value, name: TEMPLATES[value] })),
  },
  {
    name: 'kind',
    message: 'It is:',
    choices: STARTER_KINDS.map((value) => ({ value, name: KINDS[value] })),
  },
]

function asChoices(words: readonly string[]): { value: string; name: string }[] {
  return words.map((value) => ({ value, name: value }))
}
