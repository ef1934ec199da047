import { Args, Flags } from '@oclif/core'
import { detachFlag, progressFlags, RunCommand, saveFlags, saveOptions } from '../run-command.ts'
import { queueFlags, queueOptions } from '../queue-flags.ts'

export default class TasksRun extends RunCommand {
  static override summary = 'do work of your own on several workers, saved as it goes'
  static override description =
    'Runs what a module exports, once for each item of the input. A worker that dies loses at most one interval: another one goes on from the last snapshot of its task. A task whose worker dies three times at the same step is set aside with its error, and the others go on.'
  static override examples = [
    '<%= config.bin %> tasks run examples/tasks/pi.ts --input examples/tasks/pi.json',
    '<%= config.bin %> tasks run ./my-task.ts --input data.json --checkpoint-interval 10s --workers 2 --set steps=100',
    '<%= config.bin %> tasks run ./my-task.ts --input items.jsonl --task-timeout 5m --fail-fast',
  ]
  static override args = {
    module: Args.string({
      required: true,
      description: 'a file (.ts, .js, .mjs) that exports the task',
    }),
  }
  static override flags = {
    input: Flags.string({
      helpValue: 'FILE',
      description: 'JSON: a list is one task for each of its items; or .jsonl, one a line',
    }),
    whole: Flags.boolean({ description: 'one task, whose input is the whole list' }),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
      description: 'what the task finds in ctx.set',
    }),
    seed: Flags.integer({
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      helpValue: 'N',
      description: 'of its random numbers (42)',
    }),
    ...queueFlags,
    detach: detachFlag,
    ...saveFlags,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(TasksRun)
    const { input, whole, set, seed } = flags
    const options = { module: args.module, input, whole, set, seed }
    return this.withKtrdr(flags, (ktrdr) =>
      this.watch(ktrdr, flags, { type: 'tasks' }, (listener) =>
        ktrdr.runTasks(options, queueOptions(flags), saveOptions(flags), listener),
      ),
    )
  }
}
