// A strategy that is trained on bars after which comes what must not be seen: none of them is a test slice, and no label may
// look behind the last of them.

import type { Strategy } from '../strategy/strategy.ts'

/** The shares of the test slice go to the others. */
export function withoutTest(strategy: Strategy): Strategy {
  const { split } = strategy.training
  const used = split.train + split.validation
  return {
    ...strategy,
    training: {
      ...strategy.training,
      split: {
        ...split,
        train: split.train / used,
        validation: 1 - split.train / used,
        test: 0,
        isFollowed: true,
      },
    },
  }
}
