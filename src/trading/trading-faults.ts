// What terms of trading mean to each other, where that cannot be: on the command line and in a strategy alike, which call
// the same term by other names.

import { orderText } from './order-text.ts'
import { sizeText } from './size-text.ts'
import type { Naming } from './term-names.ts'
import { TERMS, type TermKey, type TradingTerms } from './trading-terms.ts'

export type TradingFault = {
  /** Where it is to be told. */
  readonly key: TermKey
  /** Without a full stop. */
  readonly message: (name: Naming) => string
  readonly remedy: (name: Naming) => string
}

/** @param terms all that count, defaults filled in */
export function tradingFaults(terms: TradingTerms): TradingFault[] {
  return [sizeFault, expiryFault, marginFault, unitsFault, leverageFault, reverseFault, pricesFault]
    .map((rule) => rule(terms))
    .filter((fault) => fault !== undefined)
}

type Rule = (terms: TradingTerms) => TradingFault | undefined

const sizeFault: Rule = ({ size, stopLoss }) =>
  size?.kind !== 'risk' || stopLoss
    ? undefined
    : {
        key: 'size',
        message: (name) =>
          `${name('size', sizeText(size))} is what is lost at the stop-loss, and there is none`,
        remedy: (name) => name('stopLoss', '2%'),
      }

const expiryFault: Rule = ({ order, orderExpiry }) =>
  orderExpiry == null || (order && order.type !== 'market')
    ? undefined
    : {
        key: 'orderExpiry',
        message: (name) =>
          `${name('orderExpiry', String(orderExpiry))} is for orders that wait, and ${order?.at === 'close' ? name('order', orderText(order)) : 'a market order'} does not`,
        remedy: (name) => name('order', 'limit:0.5%'),
      }

const marginFault: Rule = ({ leverage = 1, maintenanceMargin }) =>
  maintenanceMargin == null || maintenanceMargin < 1 / leverage
    ? undefined
    : {
        key: 'maintenanceMargin',
        message: (name) =>
          `${name('maintenanceMargin', TERMS.maintenanceMargin.text(maintenanceMargin))} closes a position of ${name('leverage', String(leverage))} as soon as it is opened: it begins with 1/${leverage} of its value`,
        remedy: (name) => name('maintenanceMargin', TERMS.maintenanceMargin.text(0.5 / leverage)),
      }

const unitsFault: Rule = ({ wholeUnits, lotStep, size }) => {
  if (wholeUnits && lotStep != null)
    return {
      key: 'lotStep',
      message: (name) =>
        `${name('lotStep', String(lotStep))} and ${name('wholeUnits')} both say what units are rounded to`,
      remedy: (name) => name('lotStep', String(lotStep)),
    }
  const step = wholeUnits ? 1 : (lotStep ?? 0)
  if (size?.kind !== 'units' || size.units >= step) return undefined
  return {
    key: 'size',
    message: (name) =>
      `${name('size', sizeText(size))} is rounded down to nothing: units are multiples of ${step}`,
    remedy: (name) => name('size', `units:${step}`),
  }
}

const leverageFault: Rule = ({ size, leverage = 1 }) =>
  size?.kind !== 'equity' || size.ratio <= leverage
    ? undefined
    : {
        key: 'size',
        message: (name) =>
          `${name('size', sizeText(size))} is more of the equity than ${leverage === 1 ? 'there is without leverage' : `${name('leverage', String(leverage))} allows`}`,
        remedy: (name) => name('leverage', String(Math.ceil(size.ratio))),
      }

const reverseFault: Rule = ({ reverse, sides }) =>
  !reverse || sides === undefined || sides === 'both'
    ? undefined
    : {
        key: 'reverse',
        message: (name) =>
          `${name('reverse')} opens the other side, and ${name('sides', sides)} allows one`,
        remedy: (name) => name('sides', 'both'),
      }

const pricesFault: Rule = ({ prices, spread }) =>
  prices !== 'bid' || spread
    ? undefined
    : {
        key: 'prices',
        message: (name) =>
          `${name('prices', 'bid')} says what the bars are prices of, and there is no spread to the ask`,
        remedy: (name) => name('spread', '0.01%'),
      }
