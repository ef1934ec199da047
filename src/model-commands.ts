// The front door's part about models. What reads strategies is loaded when it is first needed.

import { resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import {
  listModels,
  viewModel,
  type ModelList,
  type ModelListOptions,
  type ModelView,
} from './list-models.ts'
import { modelNamed } from './model-named.ts'
import { deleteModel } from './operations/delete-model.ts'
import type { ComparedModels } from './compare-models.ts'
import type { ExportedModel, ModelExportOptions } from './export-model.ts'
import type { ModelContext, ModelDetails } from './show-model.ts'

export type DeletedModels = {
  readonly dryRun: boolean
  readonly deleted: readonly ModelView[]
  readonly bytesFreed: number
}

export function modelCommands(context: ModelContext) {
  const { db, layout, clock } = context

  return {
    list: (options: ModelListOptions = {}): ModelList =>
      listModels(context, clock.nowMs(), options),
    show: async (text: string): Promise<ModelDetails> => {
      const { showModel } = await import('./show-model.ts')
      return showModel(context, text)
    },
    compare: async (texts: readonly string[]): Promise<ComparedModels> => {
      const { compareModels } = await import('./compare-models.ts')
      return compareModels(context, texts)
    },
    export: async (text: string, options: ModelExportOptions): Promise<ExportedModel> => {
      const { exportModelTo } = await import('./export-model.ts')
      return exportModelTo(context, text, options)
    },
    /**
     * One to be deleted: what is about to go must say which.
     * @throws USAGE for a name without a version, and for a model that is not of this data directory
     */
    chooseToDelete: async (text: string): Promise<ModelView> => {
      const { row, directory } = await modelNamed(context, text)
      if (!row)
        throw new KtrdrError(
          'USAGE',
          `The model in ${directory} is not of this data directory, which does not know who needs it.`,
          { suggestions: ['ktrdr models list'] },
        )
      const view = viewModel(layout, row, clock.nowMs())
      if (text.includes('@') || resolve(text) === directory) return view
      throw new KtrdrError('USAGE', `"${text}" does not say which version.`, {
        suggestions: [`ktrdr models delete ${view.model}`, 'ktrdr models list'],
      })
    },
    /**
     * Those of `models` that are still there.
     * @throws MODEL_IN_USE before anything is deleted
     */
    delete: (
      models: readonly ModelView[],
      { dryRun }: { readonly dryRun: boolean },
    ): DeletedModels => {
      const there = models.filter((model) => deleteModel(db, model, { dryRun: true }))
      const deleted = dryRun
        ? there
        : there.filter((model) => deleteModel(db, model, { dryRun: false }))
      return { dryRun, deleted, bytesFreed: deleted.reduce((sum, one) => sum + one.sizeBytes, 0) }
    },
  }
}
