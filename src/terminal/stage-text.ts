import type { Stage } from '../core/events.ts'

/** "Reading data" */
export function stageText(stage: Stage): string {
  return stage.charAt(0).toUpperCase() + stage.slice(1)
}
