// Changes to the protocols that each break a promise, and the experiment that must notice. A laboratory that does not
// see them would not see our mistakes either.

export type Mutant = {
  readonly name: string
  /** In this file … */
  readonly file: string
  /** … each of these texts stands exactly once and becomes another one. */
  readonly edits: readonly (readonly [from: string, to: string])[]
  readonly noticedBy: Experiment
}

/** A test file below test/crash, and which of its tests. */
export type Experiment = {
  readonly file: string
  readonly test: string
  /** A sample does not see it for sure. */
  readonly isFull?: boolean
}

const powerCuts: Experiment = { file: 'lab/power-loss', test: 'costs a training' }
const failedSyncs: Experiment = { file: 'lab/power-loss', test: 'after an fsync' }
const systemCalls: Experiment = { file: 'lab/system-calls', test: 'costs a training' }
const takeovers: Experiment = { file: 'lab/takeovers', test: 'lets nobody past' }
const bits: Experiment = { file: 'lab/bit-flips', test: 'the newest file' }
const databaseBits: Experiment = { file: 'lab/bit-flips', test: 'the database', isFull: true }
const sweeps: Experiment = { file: 'lab/gc-beside-writers', test: 'removes nothing' }

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the file of a checkpoint is not synced',
    file: 'src/checkpoint/place-durably.ts',
    edits: [
      [
        '      fsyncSync(fd)\n      passPoint(`${protocol}.after-fsync`)',
        '      passPoint(`${protocol}.after-fsync`)',
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'the directory of a checkpoint is not synced',
    file: 'src/checkpoint/place-durably.ts',
    edits: [
      [
        '  syncDirectory(directory)\n  passPoint(`${protocol}.after-dir-fsync`)',
        '  passPoint(`${protocol}.after-dir-fsync`)',
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'a new directory is not synced into its parent',
    file: 'src/checkpoint/durable-files.ts',
    edits: [
      [
        '    makeUnlessThere(directory)\n    syncDirectory(parent)\n',
        '    makeUnlessThere(directory)\n',
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'the files of a result are not synced',
    file: 'src/checkpoint/durable-files.ts',
    edits: [['    writeFully(fd, bytes)\n    fsyncSync(fd)\n', '    writeFully(fd, bytes)\n']],
    noticedBy: powerCuts,
  },
  {
    name: 'the directory of a result is not synced before it gets its name',
    file: 'src/checkpoint/publish-bundle.ts',
    edits: [
      [
        "  syncDirectory(directory)\n  passPoint('complete.files-written')",
        "  passPoint('complete.files-written')",
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'the name of a result is not synced',
    file: 'src/checkpoint/publish-bundle.ts',
    edits: [
      [
        "  syncDirectory(parent)\n  passPoint('complete.after-rename')",
        "  passPoint('complete.after-rename')",
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'synchronous=NORMAL',
    file: 'src/store/database.ts',
    edits: [["db.pragma('synchronous = FULL')", "db.pragma('synchronous = NORMAL')"]],
    noticedBy: powerCuts,
  },
  {
    name: 'synchronous=OFF',
    file: 'src/store/database.ts',
    edits: [["db.pragma('synchronous = FULL')", "db.pragma('synchronous = OFF')"]],
    noticedBy: powerCuts,
  },
  {
    name: 'a rollback journal instead of the write-ahead log',
    file: 'src/store/database.ts',
    edits: [["db.pragma('journal_mode = WAL')", "db.pragma('journal_mode = DELETE')"]],
    noticedBy: powerCuts,
  },
  {
    name: 'no transaction around the rows of a save',
    file: 'src/store/database.ts',
    edits: [['return db.transaction(work).immediate()', 'return work()']],
    noticedBy: systemCalls,
  },
  {
    name: 'the rows before the file',
    file: 'src/checkpoint/write-checkpoint.ts',
    edits: [
      [
        "  if (pack) placeDurably('save', join(layout.packs, path), `${generation}-${seq}`, pack.file)\n",
        '',
      ],
      [
        '    inTransaction(db, commit)\n',
        "    inTransaction(db, commit)\n    if (pack) placeDurably('save', join(layout.packs, path), `${generation}-${seq}`, pack.file)\n",
      ],
    ],
    noticedBy: systemCalls,
  },
  {
    name: 'files are unlinked before the COMMIT that stops naming them',
    file: 'src/checkpoint/write-checkpoint.ts',
    edits: [
      [
        "    passPoint('save.before-commit')\n",
        "    passPoint('save.before-commit')\n    for (const old of listTrash(db)) unlinkIfPossible(join(layout.packs, old))\n",
      ],
    ],
    noticedBy: powerCuts,
  },
  {
    name: 'a failed fsync is repeated on the same file',
    file: 'src/checkpoint/place-durably.ts',
    edits: [
      [
        '      fsyncSync(fd)\n      passPoint(`${protocol}.after-fsync`)',
        '      try {\n        fsyncSync(fd)\n      } catch {\n        fsyncSync(fd)\n      }\n      passPoint(`${protocol}.after-fsync`)',
      ],
    ],
    noticedBy: failedSyncs,
  },
  {
    name: 'a failed fsync is passed over',
    file: 'src/checkpoint/place-durably.ts',
    edits: [
      [
        '      fsyncSync(fd)\n      passPoint(`${protocol}.after-fsync`)',
        '      try {\n        fsyncSync(fd)\n      } catch {}\n      passPoint(`${protocol}.after-fsync`)',
      ],
    ],
    noticedBy: failedSyncs,
  },
  {
    name: 'the file of a COMMIT in doubt is removed',
    file: 'src/checkpoint/write-checkpoint.ts',
    edits: [
      ["    if (pack && !systemCode(error)?.startsWith('SQLITE_IOERR'))\n", '    if (pack)\n'],
    ],
    noticedBy: { ...failedSyncs, isFull: true },
  },
  {
    name: 'what the system has not written is taken for written',
    file: 'src/checkpoint/durable-files.ts',
    edits: [['    at += written\n', '    at = bytes.length\n']],
    noticedBy: systemCalls,
  },
  {
    name: 'the oldest are kept instead of the newest',
    file: 'src/checkpoint/retention.ts',
    edits: [
      [
        'checkpoints.toSorted((a, b) => b.seq - a.seq)',
        'checkpoints.toSorted((a, b) => a.seq - b.seq)',
      ],
    ],
    noticedBy: systemCalls,
  },
  {
    name: 'a save is not fenced',
    file: 'src/store/operation-table.ts',
    edits: [
      [
        "UPDATE operation SET last_seq = ?, progress_json = ?\n         WHERE id = ? AND generation = ? AND status = 'running'",
        'UPDATE operation SET last_seq = ?, progress_json = ?\n         WHERE id = ? AND ? > 0',
      ],
    ],
    noticedBy: takeovers,
  },
  {
    name: 'the lock of an operation always seems free',
    file: 'src/store/owner-lock.ts',
    edits: [
      [
        "systemCode(error)?.startsWith('SQLITE_BUSY')) return undefined",
        "systemCode(error)?.startsWith('SQLITE_BUSY')) return { release: () => {} }",
      ],
    ],
    noticedBy: takeovers,
  },
  {
    name: 'gc takes no lock',
    file: 'src/checkpoint/sweep.ts',
    edits: [
      ['lock = tryLock(layout.locks, candidate.operationId)', 'lock = { release: () => {} }'],
    ],
    noticedBy: sweeps,
  },
  {
    name: 'a pack is not compared with its hash',
    file: 'src/checkpoint/read-blobs.ts',
    edits: [
      [
        '  if (sha256(file) !== pack.sha256) throw corrupt(`${pack.path} is not the file that was saved.`)\n',
        '',
      ],
    ],
    noticedBy: bits,
  },
  {
    name: 'nothing older is used when the newest checkpoint is damaged',
    file: 'src/checkpoint/read-checkpoint.ts',
    edits: [
      [
        '      if (reason === undefined) throw error\n',
        '      if (reason !== undefined) throw error\n',
      ],
    ],
    noticedBy: bits,
  },
  {
    name: 'an older checkpoint is used without a word',
    file: 'src/runner/run-operation.ts',
    edits: [
      [
        "    for (const { seq, reason } of damaged) listener({ kind: 'damaged', seq, reason })\n",
        '',
      ],
    ],
    noticedBy: bits,
  },
  {
    name: 'the seals of rows are not compared',
    file: 'src/store/row-seal.ts',
    edits: [
      [
        '  return row.seal === sealOf(row)\n',
        '  return row.seal !== sealOf({ ...row, seal: undefined })\n',
      ],
    ],
    noticedBy: databaseBits,
  },
]
