// How the trials of a search are chosen.

export const METHODS = ['random', 'grid', 'tpe', 'halving'] as const
export type Method = (typeof METHODS)[number]

/** Halving gives the epochs of one search to a few of its trials; each fold of a walk-forward has a search of its own. */
export type FoldMethod = Exclude<Method, 'halving'>
export const FOLD_METHODS = METHODS.filter((method): method is FoldMethod => method !== 'halving')
