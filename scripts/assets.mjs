// Files that ship with the program, by their path in the sources (src/runtime/where.ts reads them).
import { ASSET_PATHS } from '../src/report/page.ts'

export const ASSETS = [
  'examples/data/sp500-1d.csv',
  'examples/strategies/pullback.yaml',
  ...ASSET_PATHS.styles,
  ...ASSET_PATHS.scripts,
  ...ASSET_PATHS.licences,
]
