// Sound grammar that this version cannot run yet. Each finding names what works now. (Indicator
// types of later versions: indicator-uses.ts.)

import { error, notYet } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import type { PartialFile } from './schema.ts'

export function checkLater(file: PartialFile): Finding[] {
  const { training_data: data, model, training } = file
  const source = training?.labels?.source
  return [
    ...when(data?.symbols?.mode === 'multi_symbol', ['training_data', 'symbols', 'mode'], {
      what: 'training on several symbols',
      now: 'mode: single',
    }),
    ...when(data?.timeframes?.mode === 'multi_timeframe', ['training_data', 'timeframes', 'mode'], {
      what: 'training on several timeframes',
      now: 'mode: single',
    }),
    ...when(model?.type === 'lstm' || model?.type === 'gru', ['model', 'type'], {
      what: `the model ${model?.type ?? ''}`,
      now: 'mlp',
    }),
    ...when(
      source !== undefined && source !== 'zigzag' && source !== 'forward_return',
      ['training', 'labels', 'source'],
      { what: `the label source ${source ?? ''}`, now: 'zigzag, forward_return' },
    ),
    ...(['purge', 'embargo'] as const).flatMap((key) =>
      when(training?.[key] !== undefined, ['training', key], {
        what: key,
        now: 'rows whose label reaches into the next slice are dropped',
      }),
    ),
    ...when(training?.checkpoint !== undefined, ['training', 'checkpoint'], {
      what: 'checkpoint settings in a strategy',
      now: '--checkpoint-every, --checkpoint-interval and ktrdr.yaml',
    }),
    ...checkContext(file),
  ]
}

function when(
  applies: boolean,
  path: Path,
  { what, now }: { what: string; now: string },
): Finding[] {
  return applies ? [notYet(path, `${what} is not yet supported (now: ${now})`)] : []
}

const CONTEXT = { what: 'context data', now: 'indicators of the bars themselves' }

/** That a `data_source` is one of the series declared is checked when there are such series. */
function checkContext(file: PartialFile): Finding[] {
  const declares = (file.context_data?.length ?? 0) > 0
  const sources = Object.entries(file.indicators ?? {}).flatMap(([id, indicator]) => {
    const source = indicator?.data_source
    if (source === undefined) return []
    const path = ['indicators', id, 'data_source']
    if (declares) return when(true, path, CONTEXT)
    return [error(path, `'${source}' does not match any context_data: there is none`)]
  })
  return [...when(declares, ['context_data'], CONTEXT), ...sources]
}
