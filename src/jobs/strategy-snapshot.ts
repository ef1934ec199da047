// The strategy of a run, as it was when the run began: a resume never reads the file again (C28).

import { basename, resolve } from 'node:path'
import { findStrategy, readStrategy } from '../strategy/load-strategy.ts'

export type StrategyRequest = {
  /** A path or a name, as typed. */
  readonly given: string
  /** Where a name is looked up. */
  readonly directories: readonly string[]
  readonly snapshot: StrategySnapshot | null
}

export type StrategySnapshot = { readonly path: string; readonly text: string }

/** @param load reads and checks the file, and tells its problems by the path as it was typed */
export function snapshotOf(
  { given, directories, snapshot }: StrategyRequest,
  load: (path: string) => { readonly text: string },
): StrategySnapshot {
  if (snapshot !== null) return snapshot
  const path = findStrategy(given, directories)
  return { path: resolve(path), text: load(path).text }
}

/** A warning when the file has another text now. */
export function editedSince({ path, text }: StrategySnapshot): string[] {
  try {
    if (readStrategy(path) === text) return []
    return [
      `${basename(path)} was edited since the start; the run goes on with the strategy as it was.`,
    ]
  } catch {
    return []
  }
}
