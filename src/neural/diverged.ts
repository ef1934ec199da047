// A number of a training left the finite world. Nothing after it means anything, so it stops the run at once.

import { KtrdrError } from '../core/errors.ts'

export function diverged(what: string, value: number): KtrdrError {
  return new KtrdrError('TRAINING_DIVERGED', `The ${what} became ${value}.`, {
    suggestions: ['Lower training.learning_rate, or set training.gradient_clip.'],
  })
}

/** The same error, saying where in the training it happened. Other errors pass through as they are. */
export function withPlace(error: unknown, place: string): unknown {
  if (!(error instanceof KtrdrError) || error.code !== 'TRAINING_DIVERGED') return error
  const { suggestions, message } = error
  return new KtrdrError('TRAINING_DIVERGED', `${message.replace(/\.$/, '')} in ${place}.`, {
    suggestions,
  })
}
