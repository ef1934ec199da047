// From what was said of how a backtest trades to all settings of it, and back. A flag goes before the strategy, and the
// strategy before the defaults. What nobody asked for stays absent, but costs: a new run has those of the defaults.

import { KtrdrError } from '../core/errors.ts'
import type {
  CostSettings,
  EntryOrder,
  ExitSettings,
  SimulationSettings,
} from './simulation-settings.ts'
import { asFlag } from './term-names.ts'
import { tradingFaults } from './trading-faults.ts'
import type { TradingTerms } from './trading-terms.ts'

export type Trading = Omit<SimulationSettings, 'decisions'>

/** The borrow fee is at the dear end of what easily borrowed shares cost. */
const DEFAULTS = {
  capital: 100_000,
  commission: 0.001,
  slippage: 0.0005,
  borrowFee: 0.005,
  size: { kind: 'equity', ratio: 0.25 },
} as const satisfies TradingTerms

/** @throws USAGE when two terms contradict each other */
export function tradingSettings(flags: TradingTerms, strategy: TradingTerms = {}): Trading {
  const terms = withDefaults(mergeTerms(flags, strategy))
  const [fault] = tradingFaults(terms)
  if (fault)
    throw new KtrdrError('USAGE', `${fault.message(asFlag)}.`, {
      suggestions: [fault.remedy(asFlag)],
    })
  return settingsOf(terms)
}

/** An order that is named anew waits as long as is said with it, and whole units take the place of lots. */
function mergeTerms(flags: TradingTerms, strategy: TradingTerms): TradingTerms {
  const said = Object.fromEntries(
    Object.entries(flags).filter(([, value]) => value !== undefined),
  ) as TradingTerms
  const { orderExpiry, lotStep, ...rest } = strategy
  return {
    ...rest,
    ...(orderExpiry === undefined || said.order ? {} : { orderExpiry }),
    ...(lotStep === undefined || said.wholeUnits ? {} : { lotStep }),
    ...said,
  }
}

/** By default the maintenance margin is half of what a position begins with, 25 % at most. */
export function withDefaults(terms: TradingTerms): TradingTerms & typeof DEFAULTS {
  const maintenanceMargin = Math.min(0.25, 0.5 / (terms.leverage ?? 1))
  return { ...DEFAULTS, maintenanceMargin, ...terms } as TradingTerms & typeof DEFAULTS
}

function settingsOf(
  terms: TradingTerms & Required<Pick<TradingTerms, keyof typeof DEFAULTS>>,
): Trading {
  const { size, leverage = 1, maxEntries = 1, lotStep, maintenanceMargin, sides } = terms
  const order = orderOf(terms)
  const exits = exitsOf(terms)
  const costs = costsOf(terms)
  return {
    capital: terms.capital,
    commission: terms.commission,
    slippage: terms.slippage,
    positionSize: (size.kind === 'equity' ? size : DEFAULTS.size).ratio,
    wholeUnits: terms.wholeUnits ?? false,
    ...(order ? { order } : {}),
    ...(exits ? { exits } : {}),
    ...(size.kind === 'equity' ? {} : { sizing: size }),
    ...(lotStep == null ? {} : { lotStep }),
    ...(costs ? { costs } : {}),
    ...(leverage === 1 ? {} : { leverage }),
    ...(maintenanceMargin == null ? {} : { maintenanceMargin }),
    ...(maxEntries === 1 ? {} : { maxEntries }),
    ...(terms.reverse ? { reverse: true } : {}),
    ...(sides === undefined || sides === 'both' ? {} : { sides }),
    ...(terms.leaveOpen ? { leaveOpen: true } : {}),
  }
}

function orderOf({ order, orderExpiry }: TradingTerms): EntryOrder | undefined {
  if (order === undefined) return undefined
  if (order.type !== 'market') return { ...order, expiryBars: orderExpiry ?? null }
  return order.at === 'open' ? undefined : order
}

function exitsOf({
  stopLoss,
  takeProfit,
  trailingStop,
  maxBars,
}: TradingTerms): ExitSettings | undefined {
  return filled({ stopLoss, takeProfit, trailingStop, maxBars })
}

/** A cost of 0 is none, but a commission of resting orders: without one they pay that of the others. */
function costsOf(terms: TradingTerms): CostSettings | undefined {
  const { commissionPerUnit, commissionPerOrder, minCommission } = terms
  return filled({
    makerCommission: terms.makerCommission,
    commissionPerUnit: commissionPerUnit || null,
    commissionPerOrder: commissionPerOrder || null,
    minCommission: minCommission || null,
    slippageOfRange: terms.slippageOfRange || null,
    slippageOfVolume: terms.slippageOfVolume,
    spread: terms.spread || null,
    prices: terms.prices === 'bid' ? 'bid' : null,
    borrowFee: terms.borrowFee || null,
  })
}

type Filled<T> = { readonly [Key in keyof T]?: Exclude<T[Key], null | undefined> }

/** What is there of it; undefined when nothing is. */
function filled<T extends object>(values: T): Filled<T> | undefined {
  const there = Object.entries(values).filter(([, value]) => value != null)
  return there.length === 0 ? undefined : (Object.fromEntries(there) as Filled<T>)
}

/** What to say for just these settings, whatever a strategy or the defaults say: every term is there. */
export function termsOf(settings: Trading): Required<TradingTerms> {
  const { order = { type: 'market', at: 'open' }, exits = {}, costs = {} } = settings
  return {
    capital: settings.capital,
    size: settings.sizing ?? { kind: 'equity', ratio: settings.positionSize },
    wholeUnits: settings.wholeUnits,
    lotStep: settings.lotStep ?? null,
    leverage: settings.leverage ?? 1,
    maintenanceMargin: settings.maintenanceMargin ?? null,
    maxEntries: settings.maxEntries ?? 1,
    order,
    orderExpiry: order.type === 'market' ? null : order.expiryBars,
    reverse: settings.reverse ?? false,
    sides: settings.sides ?? 'both',
    leaveOpen: settings.leaveOpen ?? false,
    stopLoss: exits.stopLoss ?? null,
    takeProfit: exits.takeProfit ?? null,
    trailingStop: exits.trailingStop ?? null,
    maxBars: exits.maxBars ?? null,
    commission: settings.commission,
    makerCommission: costs.makerCommission ?? null,
    commissionPerUnit: costs.commissionPerUnit ?? 0,
    commissionPerOrder: costs.commissionPerOrder ?? 0,
    minCommission: costs.minCommission ?? 0,
    slippage: settings.slippage,
    slippageOfRange: costs.slippageOfRange ?? 0,
    slippageOfVolume: costs.slippageOfVolume ?? null,
    spread: costs.spread ?? 0,
    prices: costs.prices ?? 'middle',
    borrowFee: costs.borrowFee ?? 0,
  }
}
