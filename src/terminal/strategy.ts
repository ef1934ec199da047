// What `validate` says of a strategy that is sound, and `features` of what it has written.

import { counted, grouped } from '../core/text.ts'
import { visible } from './format.ts'
import { hanging } from './wrap.ts'

type Slices = Readonly<
  Record<'train' | 'validation' | 'test' | 'purged' | 'incomplete' | 'unlabelled', number>
>

export function validScreen(
  report: {
    readonly name: string
    readonly features: readonly string[]
    readonly rules?: readonly {
      readonly name: string
      readonly text: string
      readonly bars?: number
    }[]
    readonly series: readonly string[]
    readonly warnings: readonly string[]
    readonly next: readonly string[]
    readonly slices?: Slices
  },
  room = Infinity,
): string {
  return [
    ...report.warnings.map((warning) => hanging('! ', visible(warning), room)),
    `Strategy '${report.name}' is valid (v3 format).`,
    ...(report.rules
      ? ['It trades by these rules:', ...report.rules.map((rule) => ruleText(rule, room))]
      : [
          `It gives the network ${counted(report.features.length, 'feature')}:`,
          ...report.features.map((feature) => `  ${feature}`),
        ]),
    ...(report.series.length > 0 ? ['It looks at series beside the bars:'] : []),
    ...report.series.map((id) => `  --data ${id}=FILE`),
    ...(report.slices ? ['Rows of these data:', ...slicesText(report.slices)] : []),
    ...report.next.map((command) => `Next: ${visible(command)}`),
  ].join('\n')
}

function ruleText(
  { name, text, bars }: { name: string; text: string; bars?: number },
  room: number,
): string {
  const held = bars === undefined ? '' : `  (holds on ${counted(bars, 'bar')} of these data)`
  return hanging(`  ${name}: `, `${visible(text)}${held}`, room)
}

export function featuresScreen(
  report: {
    readonly path: string
    readonly rows: number
    readonly features: readonly string[]
    readonly slices: Slices | null
    readonly holds: Readonly<Record<string, number>> | null
    readonly warnings: readonly string[]
  },
  room = Infinity,
): string {
  return [
    ...report.warnings.map((warning) => hanging('! ', visible(warning), room)),
    `Wrote ${counted(report.rows, 'row')} of ${counted(report.features.length, report.holds ? 'operand' : 'feature')} to ${visible(report.path)}`,
    ...(report.slices ? slicesText(report.slices) : []),
    ...Object.entries(report.holds ?? {}).map(
      ([rule, bars]) => `  ${rule} holds on ${counted(bars, 'bar')}`,
    ),
  ].join('\n')
}

/** Rows that belong to no slice, and why not. */
const LEFT_OUT = {
  purged: 'whose label reaches into the next slice',
  incomplete: 'without all features',
  unlabelled: 'without a label',
} as const

function slicesText(slices: Slices): string[] {
  const { train, validation, test } = slices
  return [
    `  train ${grouped(train)} · validation ${grouped(validation)} · test ${grouped(test)}`,
    ...(['purged', 'incomplete', 'unlabelled'] as const).flatMap((slice) =>
      slices[slice] > 0 ? [`  ${grouped(slices[slice])} ${slice}: ${LEFT_OUT[slice]}`] : [],
    ),
  ]
}
