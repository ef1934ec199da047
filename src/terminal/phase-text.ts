import type { Phase } from '../core/events.ts'

/** "Reading data" */
export function phaseText(phase: Phase): string {
  return phase.charAt(0).toUpperCase() + phase.slice(1)
}
