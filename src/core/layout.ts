// Where things lie in the data directory (made by src/settings.ts). All directories are 0700, all files 0600.

export type Layout = {
  readonly root: string
  /** The SQLite file. */
  readonly database: string
  /** packs/<operation id>/<generation>-<seq>.safetensors */
  readonly packs: string
  /** locks/<operation id>.lock, held by SQLite */
  readonly locks: string
  /** logs/<operation id>.jsonl */
  readonly logs: string
  /** Bars that were read from data files, safe to delete at any time; null = none are kept. */
  readonly barCache: string | null
  /** Published directories by kind: <kind>/<name>/<variant>/v<N>/ */
  readonly bundles: Readonly<Record<BundleKind, string>>
}

export const BUNDLE_KINDS = ['model', 'backtest', 'tasks', 'search', 'walkforward'] as const
export type BundleKind = (typeof BUNDLE_KINDS)[number]
