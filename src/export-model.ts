// `ktrdr models export`: a model in one file, where the user wants it.

import { extname, resolve } from 'node:path'
import pjson from '../package.json' with { type: 'json' }
import { KtrdrError } from './core/errors.ts'
import { placeFile } from './data/place-file.ts'
import { CLASSES } from './jobs/check-model.ts'
import { modelNamed } from './model-named.ts'
import { expectManifest } from './models/expect-manifest.ts'
import { modelName } from './models/find-model.ts'
import { EXPORT_FORMATS, exportModel, type ExportFormat } from './models/export-model.ts'
import { loadModel } from './models/load-model.ts'
import { STRATEGY_FILE } from './models/model.ts'
import { refuseToReplace } from './report-files.ts'
import type { ModelContext } from './show-model.ts'
import { parseStrategy } from './strategy/load-strategy.ts'

export type ModelExportOptions = {
  readonly out: string
  /** undefined = as the name of the file says. */
  readonly format?: ExportFormat | undefined
  readonly force?: boolean | undefined
}

export type ExportedModel = {
  readonly model: string
  readonly format: ExportFormat
  readonly path: string
  readonly sizeBytes: number
  /** Of what goes in, in order. */
  readonly features: readonly string[]
  readonly classes: readonly string[]
}

/** @throws USAGE, IO_FAILED, and what loading the model throws */
export async function exportModelTo(
  { db, layout }: Pick<ModelContext, 'db' | 'layout'>,
  text: string,
  { out, format, force = false }: ModelExportOptions,
): Promise<ExportedModel> {
  const path = resolve(out)
  refuseToReplace(path, force, 'model.onnx')
  const chosen = format ?? formatOf(out)
  const { directory, sha256, row } = await modelNamed({ db, layout }, text)
  const model = loadModel(directory, sha256)
  expectManifest(directory, model.manifest)
  const name = row ? modelName(row) : directory
  const classes = classesOf(model.strategyText)
  const file = exportModel(model, chosen, { name, classes, version: pjson.version })
  await placeFile(path, async (handle) => {
    await handle.writeFile(file)
  })
  const { features } = model.manifest
  return { model: name, format: chosen, path, sizeBytes: file.length, features, classes }
}

function formatOf(out: string): ExportFormat {
  const extension = extname(out).slice(1).toLowerCase()
  const format = EXPORT_FORMATS.find((one) => one === extension)
  if (format) return format
  throw new KtrdrError('USAGE', `The name ${out} does not say in which format.`, {
    suggestions: EXPORT_FORMATS.map((one) => `--format ${one}`),
  })
}

/** None when this program does not know the grammar of the strategy. */
function classesOf(strategyText: string): readonly string[] {
  try {
    return CLASSES[parseStrategy(strategyText, STRATEGY_FILE).strategy.decisions.outputFormat]
  } catch (error) {
    if (error instanceof KtrdrError) return []
    throw error
  }
}
