// The word that was probably meant by a mistyped one.

import { distance } from 'fastest-levenshtein'

/** Longer words are cut, so that a word of a megabyte costs nothing. */
const LONGEST = 60

/**
 * The nearest of `candidates` by edit distance, the first among equals; undefined when none is near.
 * @param limit edits that are still a slip: a third of the word unless given
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  limit = Math.max(1, Math.ceil(Math.min(word.length, 40) / 3)),
): string | undefined {
  const typed = word.slice(0, LONGEST).toLowerCase()
  let best: string | undefined
  let fewest = Infinity
  for (const candidate of candidates) {
    const edits = distance(typed, candidate.toLowerCase())
    if (edits <= limit && edits < fewest) [best, fewest] = [candidate, edits]
  }
  return best
}
