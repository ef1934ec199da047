// Parts of the bundle: what an entry imports when it is needed. A part shares no module with another, so there is one
// for each thing that a process or a thread can be.
export const PARTS = {
  cli: 'commands/cli.ts',
  complete: 'src/complete.ts',
  job: 'src/job-worker.ts',
  writer: 'src/runner/writer-thread.ts',
  kernel: 'src/neural/kernel/thread.ts',
  task: 'src/task-worker.ts',
}

/** Those that come with the code that V8 has made of them. */
export const RECORDED = ['cli', 'complete', 'job', 'writer']

export const PART_FILES = [
  ...Object.keys(PARTS).map((name) => `${name}.cjs`),
  ...RECORDED.map((name) => `${name}.cjs.code`),
]
