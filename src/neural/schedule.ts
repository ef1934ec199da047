// Learning-rate schedules, stepped once an epoch (formulas: torch.optim.lr_scheduler).

export type ScheduleSettings =
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly stepSize: number; readonly gamma: number }
  | { readonly kind: 'exponential'; readonly gamma: number }
  | { readonly kind: 'reduce_on_plateau'; readonly factor: number; readonly patience: number }
