// Learning-rate schedules, stepped once an epoch (formulas: torch.optim.lr_scheduler).

export type ScheduleSettings =
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly stepSize: number; readonly gamma: number }
  | { readonly kind: 'exponential'; readonly gamma: number }
  | { readonly kind: 'reduce_on_plateau'; readonly factor: number; readonly patience: number }

/** What a schedule remembers between epochs. */
export type ScheduleState = {
  learningRate: number
  /** reduce_on_plateau: the lowest monitored loss so far, and epochs since. */
  bestLoss: number | null
  badEpochs: number
}

/** PyTorch's relative threshold below which a smaller loss is no improvement. */
const PLATEAU_THRESHOLD = 1e-4

export function beginSchedule(learningRate: number): ScheduleState {
  return { learningRate, bestLoss: null, badEpochs: 0 }
}

/**
 * Sets the learning rate of the next epoch.
 * @param completedEpochs epochs done so far, this one included
 * @param monitoredLoss validation loss, or the training loss when there is no validation
 */
export function stepSchedule(
  state: ScheduleState,
  settings: ScheduleSettings,
  completedEpochs: number,
  monitoredLoss: number,
): void {
  switch (settings.kind) {
    case 'constant':
      return
    case 'step':
      if (completedEpochs % settings.stepSize === 0) state.learningRate *= settings.gamma
      return
    case 'exponential':
      state.learningRate *= settings.gamma
      return
    case 'reduce_on_plateau':
      if (state.bestLoss === null || monitoredLoss < state.bestLoss * (1 - PLATEAU_THRESHOLD)) {
        state.bestLoss = monitoredLoss
        state.badEpochs = 0
        return
      }
      state.badEpochs++
      if (state.badEpochs > settings.patience) {
        state.learningRate *= settings.factor
        state.badEpochs = 0
      }
  }
}
