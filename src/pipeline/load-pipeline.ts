// YAML → checked pipeline. The reader of documents and the words of problems are those of strategies; all problems of
// a file are told at once, each with its place.

import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { explainSystemError } from '../core/system-error.ts'
import { parseDuration } from '../core/units.ts'
import { isMapping } from '../strategy/plain-value.ts'
import { error, formatProblem, show } from '../strategy/problems.ts'
import type { Finding, Problem } from '../strategy/problems.ts'
import { readDocument } from '../strategy/strategy-document.ts'
import { MAX_BYTES, TOO_BIG } from '../strategy/yaml-limits.ts'
import { orderPhases } from './order.ts'
import { fit, fitPhase } from './phase-structure.ts'
import {
  checkPhase,
  checkReferences,
  checkUnsaidNeeds,
  checkWrittenFiles,
  needsOf,
  type NamedSettings,
} from './phase-rules.ts'
import type { Phase, Pipeline } from './pipeline.ts'
import {
  DEFAULT_MAX_CHECKPOINTS,
  DEFAULT_SAVE_INTERVAL_SECONDS,
  DEFAULT_TTL,
  pipelineFile,
  type PhaseSettings,
} from './schema.ts'

/** @throws FILE_NOT_FOUND, IO_FAILED, PIPELINE_INVALID */
export function loadPipeline(path: string): Pipeline {
  return parsePipeline(readPipeline(path), path)
}

/**
 * @param fileName what problems call the file; paths in it start from its directory
 * @throws PIPELINE_INVALID with all problems, one line each; `details.problems` is `Problem[]`
 */
export function parsePipeline(text: string, fileName: string): Pipeline {
  const document = readDocument(text, fileName, 'pipeline')
  const { root, problems, locate } = document
  if (root === undefined) throw refusal(problems)
  if (!isMapping(root)) {
    const what = root === null ? 'is empty' : `holds ${show(root)}, not a mapping`
    throw refusal([
      ...problems,
      locate(error([], what, 'examples/pipelines has one to begin with')),
    ])
  }
  const around = fit(pipelineFile, root, [])
  const entries = isMapping(root['phases']) ? Object.entries(root['phases']) : []
  const fitted = entries.map(([name, value]) => ({ name, ...fitPhase(value, ['phases', name]) }))
  const sound: NamedSettings[] = fitted.flatMap(({ name, value }) =>
    value === undefined ? [] : [{ name, settings: value }],
  )
  const names = entries.map(([name]) => name)
  const base = dirname(resolve(fileName))
  const known = sound.map(({ name, settings }) => ({
    name,
    settings,
    needs: [...new Set(needsOf({ name, settings }).map(({ phase }) => phase))],
  }))
  const order = orderPhases(known)
  const findings: Finding[] = [
    ...around.findings,
    ...fitted.flatMap((phase) => phase.findings),
    ...sound.flatMap(checkPhase),
    ...checkReferences(sound, names),
    ...checkWrittenFiles(sound, base),
    ...('cycle' in order ? cycleFinding(order.cycle, sound) : checkUnsaidNeeds(order.sorted, base)),
  ]
  const found = [...problems, ...findings.map(locate)].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  )
  if (around.value === undefined || 'cycle' in order || found.length > 0) throw refusal(found)
  const { name, ttl, max_checkpoints, save_interval_seconds } = around.value
  const defaults = { ttl, max_checkpoints, save_interval_seconds }
  const places = new Map(order.sorted.map((phase, i) => [phase.name, i]))
  return {
    name,
    file: resolve(fileName),
    phases: order.sorted.map((phase) =>
      phaseOf(
        phase.name,
        phase.needs.toSorted((a, b) => places.get(a)! - places.get(b)!),
        phase.settings,
        defaults,
      ),
    ),
  }
}

type Lifetime = {
  readonly ttl?: string | undefined
  readonly max_checkpoints?: number | undefined
  readonly save_interval_seconds?: number | undefined
}

function phaseOf(
  name: string,
  needs: readonly string[],
  settings: PhaseSettings,
  defaults: Lifetime,
): Phase {
  const own: Lifetime = settings
  const ttl = own.ttl ?? defaults.ttl ?? DEFAULT_TTL
  const seconds =
    own.save_interval_seconds ?? defaults.save_interval_seconds ?? DEFAULT_SAVE_INTERVAL_SECONDS
  return {
    name,
    kind: settings.kind,
    needs,
    settings,
    ttlMs: ttl === 'none' ? null : parseDuration(ttl),
    maxCheckpoints: own.max_checkpoints ?? defaults.max_checkpoints ?? DEFAULT_MAX_CHECKPOINTS,
    saveIntervalMs: Math.round(seconds * 1000),
  }
}

/** Of a phase that needs itself another finding tells. */
function cycleFinding(cycle: readonly string[], phases: readonly NamedSettings[]): Finding[] {
  if (cycle.length < 2) return []
  const [first, second] = cycle
  const owner = phases.find(({ name }) => name === first)!
  const place = needsOf(owner).find(({ phase }) => phase === second)
  const round = [...cycle, first].join(' needs ')
  return [error(place?.path ?? ['phases', first!], `goes round in a circle: ${round}`)]
}

function readPipeline(path: string): string {
  try {
    const status = statSync(path)
    if (!status.isFile()) throw refusal([wholeFile(path, 'is not a file')])
    if (status.size > MAX_BYTES) throw refusal([wholeFile(path, TOO_BIG)])
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (cause) {
    if (cause instanceof TypeError) throw refusal([wholeFile(path, 'is not UTF-8 text')])
    if (systemCode(cause) === 'ENOENT' || systemCode(cause) === 'ENOTDIR')
      throw new KtrdrError('FILE_NOT_FOUND', `There is no pipeline file ${path}.`, {
        suggestions: ['ktrdr pipeline list'],
        details: { file: path },
      })
    throw explainSystemError(cause, `The pipeline file ${path} cannot be read`)
  }
}

function wholeFile(file: string, message: string): Problem {
  const { path: _, ...finding } = error([], message)
  return { file, line: 1, column: 1, path: '', ...finding }
}

function refusal(problems: readonly Problem[]): KtrdrError {
  return new KtrdrError('PIPELINE_INVALID', problems.map(formatProblem).join('\n'), {
    details: { problems },
  })
}
