// Files that ship with the program, by their path in the sources (src/runtime/where.ts reads them).
export const ASSETS = ['examples/data/sp500-1d.csv', 'examples/strategies/pullback.yaml']
