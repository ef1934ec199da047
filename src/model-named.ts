// A model by its name, for the front door. What losses can be compared is read from the strategies inside the models, whose
// grammar is only loaded for `@best`.

import { KtrdrError } from './core/errors.ts'
import { exactJson } from './core/hash.ts'
import type { Layout } from './core/layout.ts'
import { locateModel, namesBest, type FoundModel, type ModelPlace } from './models/find-model.ts'
import { STRATEGY_FILE } from './models/model.ts'
import type { Sqlite } from './store/database.ts'

type Context = { readonly db: Sqlite; readonly layout: Layout }

/**
 * @param strategy a file that is to be trained when there is none
 * @throws as `findModel`
 */
export async function modelNamed(
  { db, layout }: Context,
  text: string,
  strategy?: string,
): Promise<FoundModel> {
  const lossKindOf = namesBest(text) ? await lossKinds() : undefined
  return locateModel(db, layout, text, { strategy, lossKindOf })
}

export async function placeNamed(
  context: Context,
  text: string,
  strategy?: string,
): Promise<ModelPlace> {
  const { directory, sha256 } = await modelNamed(context, text, strategy)
  return { directory, sha256 }
}

/** Losses of the same kind of labels, by the same function. */
async function lossKinds(): Promise<(strategyText: string) => string | undefined> {
  const { parseStrategy } = await import('./strategy/load-strategy.ts')
  return (text) => {
    try {
      const { labels, loss } = parseStrategy(text, STRATEGY_FILE).strategy.training
      return exactJson([labels.source, loss])
    } catch (error) {
      if (!(error instanceof KtrdrError)) throw error
      return undefined // of a grammar that this program does not know
    }
  }
}
