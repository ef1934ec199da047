// What a pipeline shows while it runs: a line for each phase, and below it what the run of the phase shows.

import type { RunEvent } from '../core/events.ts'
import { counted } from '../core/text.ts'
import { longAge, size, visible } from './format.ts'
import { createRunPrinter, type PrinterOptions, type RunPrinter } from './run-printer.ts'
import { hanging } from './wrap.ts'

type PhaseEvent =
  | {
      readonly kind: 'phase'
      readonly phase: string
      readonly phaseKind: string
      readonly number: number
      readonly of: number
      readonly action: 'cached' | 'resume' | 'run'
      readonly reason: string | null
    }
  | {
      readonly kind: 'expired'
      readonly phase: string
      readonly operationId: string | null
      readonly ageMs: number
      readonly checkpoints: number
      readonly bytesFreed: number
    }
  | { readonly kind: 'restart'; readonly phase: string; readonly reason: string }
  | { readonly kind: 'orphan'; readonly phase: string; readonly pid: number }

type PipelineEvent = PhaseEvent | { readonly kind: 'run'; readonly event: RunEvent }

export type PipelinePrinter = {
  readonly listener: (event: PipelineEvent) => void
  /** Leaves the screen tidy; call it however the run ends. */
  readonly close: () => void
}

export async function createPipelinePrinter(options: PrinterOptions): Promise<PipelinePrinter> {
  const { mode, stream, quiet } = options
  let printer: RunPrinter | undefined = await createRunPrinter(options)
  let early: RunEvent[] = []
  /** Each phase has a printer of its own: its pace and its curve are those of this phase. */
  const renew = async (): Promise<void> => {
    printer?.close()
    printer = undefined
    const next = await createRunPrinter(options)
    for (const event of early) next.listener(event)
    early = []
    printer = next
  }
  return {
    listener: (event) => {
      if (event.kind === 'run') {
        if (printer) printer.listener(event.event)
        else early.push(event.event)
        return
      }
      if (event.kind === 'phase') void renew()
      if (mode === 'none') return
      const { kind, ...facts } = event
      if (mode === 'json') stream.write(`${visible(JSON.stringify({ event: kind, ...facts }))}\n`)
      else if (!quiet || event.kind !== 'phase')
        stream.write(
          `${hanging('', visible(phaseLine(event)), stream.isTTY ? stream.columns : Infinity)}\n`,
        )
    },
    close: () => printer?.close(),
  }
}

export function phaseLine(event: PhaseEvent): string {
  switch (event.kind) {
    case 'phase': {
      const { number, of, phase, action, reason } = event
      const begin = `[${number}/${of}] ${visible(phase)}: `
      if (action === 'cached') return `${begin}cached`
      if (action === 'resume') return `${begin}goes on from ${reason}`
      return `${begin}runs (${visible(reason ?? '')})`
    }
    case 'expired': {
      const { phase, operationId, ageMs, checkpoints, bytesFreed } = event
      const what = operationId === null ? '' : ` (${operationId})`
      const freed =
        checkpoints === 0
          ? ''
          : `; removed ${counted(checkpoints, 'checkpoint')}, ${size(bytesFreed)}`
      return `! What was begun of ${visible(phase)} ${longAge(ageMs)} ago${what} has expired${freed}.`
    }
    case 'restart':
      return `! ${visible(event.phase)} cannot go on, and begins anew: ${visible(event.reason)}`
    case 'orphan':
      return `! The command of ${visible(event.phase)} of a run that has died was still there: it was stopped (process ${event.pid}).`
  }
}
