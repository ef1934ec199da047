// From the record of a search and the files of its result to what its report is made of.

import type { Json } from './core/hash.ts'
import type { SearchRequest } from './jobs/search-inputs.ts'
import { objectiveNamed } from './jobs/objective.ts'
import type { OperationDetails } from './operations/views.ts'
import { operationFacts, placeOf, searchCommand, type Page } from './report-facts.ts'
import { pageAssets, resultFile } from './report-files.ts'
import type { Figures } from './report/report-data.ts'
import { readTrials, type ParameterFacts, type SearchFacts } from './report/search-facts.ts'
import { searchReport } from './report/search-report.ts'
import type { Parameter } from './search/space.ts'
import { parseSpace } from './strategy/load-space.ts'
import { pathText } from './strategy/problems.ts'
import { readDocument } from './strategy/strategy-document.ts'

/** @throws FILE_NOT_FOUND and DATA_INVALID for results that are gone or changed */
export function ofSearch(details: OperationDetails): Page {
  const { operationId } = details
  const result = details.result as Figures
  const request = details.settings as unknown as SearchRequest
  const { path: directory } = placeOf(details, 'search')
  const csv = resultFile(operationId, directory, 'trials.csv', result['trialsSha256'])
  const strategy = request.strategy.snapshot!
  const { parameters } = parseSpace(
    request.space.text!,
    request.space.path,
    readDocument(strategy.text, strategy.path),
    strategy.path,
  )
  const importances = result['parameters'] as unknown as readonly { importance: number | null }[]
  const names = parameters.map(({ name }) => name)
  const facts: SearchFacts = {
    operation: operationFacts(
      details,
      searchCommand(request),
      {
        'trials.csv': String(result['trialsSha256']),
        'best.yaml': String(result['bestSha256']),
      },
      directory,
    ),
    market: `${String(result['symbol'])} ${String(result['timeframe'])}`,
    method: request.method,
    objective: request.objective,
    better: objectiveNamed(request.objective).better,
    seed: request.seed,
    parameters: parameters.map((one, i) => parameterFacts(one, importances[i]!.importance)),
    trials: readTrials(new TextDecoder().decode(csv), names),
    luck: (result['luck'] ?? null) as Figures | null,
    result: pick(result, [
      'best',
      'trials',
      'objective',
      'method',
      'outcomes',
      'parameters',
      'luck',
    ]),
    warnings: [],
  }
  return { page: searchReport(facts, pageAssets()), missing: [] }
}

function parameterFacts(
  { name, path, range }: Parameter,
  importance: number | null,
): ParameterFacts {
  const common = { name, path: pathText(path), importance }
  if (range.kind === 'choice')
    return { ...common, kind: 'choice', values: range.values.map(spelled) }
  const { low, high, isLog } = range
  return { ...common, kind: 'numbers', low, high, isLog }
}

/** As in trials.csv. */
function spelled(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function pick(figures: Figures, keys: readonly string[]): Figures {
  return Object.fromEntries(keys.flatMap((key) => (key in figures ? [[key, figures[key]!]] : [])))
}
