// Reads `trading`, and checks what its keys mean to each other and to the decisions.

import { asKey, yamlName } from '../trading/term-names.ts'
import { tradingFaults } from '../trading/trading-faults.ts'
import { withDefaults } from '../trading/trading-settings.ts'
import { TERMS, type TextKey, type TradingTerms } from '../trading/trading-terms.ts'
import { error } from './problems.ts'
import type { Finding } from './problems.ts'
import type { PartialFile, StrategyFile } from './schema.ts'
import { outputFormat, settled } from './settings.ts'

type TradingInFile = NonNullable<StrategyFile['trading']>

const TEXT_KEYS = Object.keys(TERMS) as TextKey[]

/** A section that fits the grammar. */
export function readTrading(trading: TradingInFile): TradingTerms {
  const given: Readonly<Record<string, unknown>> = { ...trading, ...trading.costs }
  const terms = TEXT_KEYS.flatMap((key) => {
    const value = given[yamlName(key)]
    return value === undefined ? [] : [[key, TERMS[key].parse(String(value))] as const]
  })
  const { reverse } = trading
  return { ...Object.fromEntries(terms), ...(reverse === undefined ? {} : { reverse }) }
}

export function checkTrading(file: PartialFile): Finding[] {
  const { trading } = file
  if (trading === undefined || isBroken(trading)) return []
  const terms = readTrading(trading as TradingInFile)
  return [
    ...tradingFaults(withDefaults(terms)).map(({ key, message, remedy }) => {
      const name = yamlName(key)
      const path = Object.hasOwn(trading, name) ? [name] : ['costs', name]
      return error(['trading', ...path], message(asKey), `write for example ${remedy(asKey)}`)
    }),
    ...checkSides(file, terms),
    ...checkRuleSides(file, terms),
  ]
}

/** One mistake, one finding: where a key has no value that fits, nothing is said of the others. */
function isBroken({ costs, ...rest }: NonNullable<PartialFile['trading']>): boolean {
  return Object.values({ ...rest, ...costs }).includes(undefined)
}

function checkRuleSides({ rules }: PartialFile, { sides }: TradingTerms): Finding[] {
  if (sides === undefined || sides === 'both' || rules === undefined) return []
  if (Object.hasOwn(rules, sides)) return []
  const message = `is ${sides}, but the rules never go ${sides}`
  return [error(['trading', 'sides'], message, 'write sides: both')]
}

/** Of a network: of broken decisions nobody knows. */
function checkSides(file: PartialFile, { sides }: TradingTerms): Finding[] {
  const { decisions } = file
  if (sides !== 'short' || outputFormat(file) !== 'classification') return []
  const isHeldBack = settled(decisions, 'position_awareness', true) === true
  if (!isHeldBack || settled(decisions, 'allow_short_from_flat', false) !== false) return []
  return [
    error(
      ['trading', 'sides'],
      'is short, but the decisions never open a short',
      'write decisions: {allow_short_from_flat: true}',
    ),
  ]
}
