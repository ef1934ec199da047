// Pictures of a search: how the best came about, and the paths of all trials through their parameters to the objective.
// Drawn here and not by a script, so that they are in print and without one too.

import { figureText } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { rankedTrials, shareOf, type ParameterFacts, type SearchFacts } from './search-facts.ts'

const WIDTH = 1000
const LEFT = 66
const RIGHT = 14
const MOST_PATHS = 600
/** Worse ones would squeeze all others together: they stand at the edge. */
const SHOWN_SHARE = 0.95

/** Where an objective stands between the worst that is shown and the best, 0 … 1. */
type Height = {
  readonly at: (objective: number) => number
  readonly worst: number
  readonly best: number
}

function heightOf(facts: SearchFacts): Height | null {
  const sign = facts.better === 'more' ? -1 : 1
  const sorted = rankedTrials(facts)
    .map(({ objective }) => objective!)
    .toSorted((a, b) => sign * (a - b))
  const best = sorted[0]
  if (best === undefined) return null
  const worst = sorted[Math.ceil(SHOWN_SHARE * sorted.length) - 1]!
  const at = (objective: number): number =>
    worst === best ? 0.5 : Math.max(0, Math.min(1, (objective - worst) / (best - worst)))
  return { at, worst, best }
}

/** The objective of each trial by its number, and the best until then. */
export function progressFigure(facts: SearchFacts): Markup | null {
  const height = heightOf(facts)
  if (height === null) return null
  const [top, base] = [14, 230]
  const last = Math.max(1, facts.trials.length - 1)
  const x = (trial: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * trial) / last
  const y = (objective: number): number => base - (base - top) * height.at(objective)
  const judged = facts.trials.filter(({ objective }) => objective !== null)
  let best: number | null = null
  let line = ''
  for (const { trial, objective, outcome } of judged) {
    const isBetter =
      best === null || (facts.better === 'more' ? objective! > best : objective! < best)
    if (!isBetter || outcome === 'pruned') continue
    line +=
      best === null
        ? `M${short(x(trial))} ${short(y(objective!))}`
        : `H${short(x(trial))}V${short(y(objective!))}`
    best = objective
  }
  const dots = judged.map(
    ({ trial, objective, outcome }) =>
      html`<circle
        class="${outcome === 'completed' ? 'dot' : 'dot faint'}"
        cx="${short(x(trial))}"
        cy="${short(y(objective!))}"
        r="3"
        ><title>
          trial ${trial}: ${facts.objective} ${figureText(objective, 'number')}, ${outcome}
        </title></circle
      >`,
  )
  return html`<svg
    class="search"
    viewBox="0 0 ${WIDTH} 262"
    role="img"
    aria-label="${facts.objective} of ${facts.trials.length} trials, and the best so far"
  >
    <path class="axis" d="M${LEFT} ${base}H${WIDTH - RIGHT}" />
    ${label(LEFT - 8, top + 4, 'end', figureText(height.best, 'number'))}
    ${label(LEFT - 8, base + 4, 'end', figureText(height.worst, 'number'))} ${dots}
    <path class="best" d="${line}H${short(x(last))}" />
    ${label(LEFT, base + 20, 'start', 'trial 0')}
    ${label(WIDTH - RIGHT, base + 20, 'end', `trial ${facts.trials.length - 1}`)}
  </svg>`
}

/** A line a trial through the values of its parameters, the most important one first, to the objective on the right. */
export function parallelFigure(facts: SearchFacts): Markup | null {
  const height = heightOf(facts)
  if (height === null) return null
  const { parameters, objective } = facts
  const [top, base] = [34, 300]
  const order = byImportance(parameters)
  const x = (axis: number): number => LEFT + ((WIDTH - 2 * LEFT) * axis) / order.length
  const y = (share: number): number => base - (base - top) * share
  const ranked = rankedTrials(facts)
  const shown = ranked.slice(0, MOST_PATHS)
  const paths = shown.map((row, rank) => {
    const shares = [
      ...order.map((i) => shareOf(parameters[i]!, row.texts[i]!)),
      height.at(row.objective!),
    ]
    const d = shares.map(
      (share, axis) => `${axis === 0 ? 'M' : 'L'}${short(x(axis))} ${short(y(share))}`,
    )
    const tenth = 9 - Math.floor((10 * rank) / shown.length)
    const values = order.map((i) => `${parameters[i]!.name} ${row.texts[i]!}`).join(', ')
    return html`<path class="trial ${rank === 0 ? 'first' : `t${tenth}`}" d="${d.join('')}"
      ><title>
        trial ${row.trial}: ${values}; ${objective} ${figureText(row.objective, 'number')}
      </title></path
    >`
  })
  const axes = order.map((i, axis) => axisOf(parameters[i]!, x(axis), y, axis))
  return html`<svg
      class="search"
      viewBox="0 0 ${WIDTH} 330"
      role="img"
      aria-label="Values of ${parameters.map(({ name }) => name).join(', ')} of the trials, and their ${objective}"
    >
      ${paths.toReversed()} ${axes}
      <path class="axis" d="M${short(x(order.length))} ${top}V${base}" />
      ${label(x(order.length), top - 18, 'middle', objective, 'name')}
      ${label(x(order.length) + 7, top + 4, 'start', figureText(height.best, 'number'))}
      ${label(x(order.length) + 7, base + 4, 'start', figureText(height.worst, 'number'))}
    </svg>
    <p class="legend">
      The stronger a line, the better its trial; the best one is orange.
      ${shown.length < ranked.length && html`Of ${ranked.length} trials the best ${shown.length} are drawn.`}
    </p>`
}

/** Places of the parameters, the most important first. */
export function byImportance(parameters: readonly ParameterFacts[]): number[] {
  const importance = (i: number): number => parameters[i]!.importance ?? 0
  return parameters.map((_, i) => i).toSorted((a, b) => importance(b) - importance(a) || a - b)
}

const MOST_TICKS = 8
const MOST_LETTERS = 16

function axisOf(
  parameter: ParameterFacts,
  x: number,
  y: (share: number) => number,
  axis: number,
): Markup {
  const texts =
    parameter.kind === 'choice' && parameter.values.length <= MOST_TICKS
      ? parameter.values
      : parameter.kind === 'choice'
        ? [parameter.values[0]!, parameter.values.at(-1)!]
        : [String(parameter.low), String(parameter.high)]
  const ticks = texts.map((text) =>
    axis === 0
      ? label(x - 7, y(shareOf(parameter, text)) + 4, 'end', cut(text))
      : label(x + 7, y(shareOf(parameter, text)) + 4, 'start', cut(text)),
  )
  return html`<path class="axis" d="M${short(x)} ${short(y(0))}V${short(y(1))}" />
    ${label(x, y(1) - 18, axis === 0 ? 'start' : 'middle', parameter.name, 'name')} ${ticks}`
}

function cut(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS - 1)}…`
}

function label(x: number, y: number, anchor: string, text: string, name = 'tick'): Markup {
  return html`<text class="${name}" x="${short(x)}" y="${short(y)}" text-anchor="${anchor}"
    >${text}</text
  >`
}

function short(value: number): string {
  return String(Number(value.toFixed(1)))
}
