import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import type { DeletedCheckpoints, Ktrdr } from '../../src/ktrdr.ts'
import { deleteAllQuestion, deletedScreen, deleteQuestion } from '../../src/terminal/checkpoints.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { CHECKPOINT_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

/** What is to go: exactly the versions that the question shows. */
type Choice = {
  /** As it is typed. */
  readonly name: string
  /** null: there is nothing to lose. */
  readonly question: string | null
  readonly remove: () => DeletedCheckpoints
}

export default class CheckpointsDelete extends BaseCommand {
  static override summary = 'delete the checkpoints of an operation, one of them, or all there are'
  static override description = 'Asks first. Checkpoints of a running operation are never deleted.'
  static override examples = [
    '<%= config.bin %> checkpoints delete abc123',
    '<%= config.bin %> checkpoints delete abc123@7 --yes',
    '<%= config.bin %> checkpoints delete --all',
  ]
  static override args = { id: Args.string({ description: CHECKPOINT_ID }) }
  static override flags = {
    all: Flags.boolean({ description: 'those of all operations that are not running' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsDelete)
    const { id } = args
    if (Boolean(flags.all) === (id !== undefined))
      throw new KtrdrError('USAGE', 'Name one operation, or say --all.', {
        suggestions: ['ktrdr checkpoints list'],
      })
    return this.withKtrdr(flags, async (ktrdr) => {
      const choice = id === undefined ? this.chooseAll(ktrdr) : this.choose(ktrdr, id)
      const { question, name } = choice
      const command = `ktrdr checkpoints delete ${name} --yes`
      if (question !== null && !flags.yes && !(await confirm(question, command))) {
        this.log('Deletion aborted.')
        return { deleted: [], inUse: [], bytesFreed: 0 }
      }
      const result = choice.remove()
      this.log(deletedScreen(result))
      return result
    })
  }

  /** "latest" may be another one by the time of the answer: from here on the operation has its id. */
  private choose({ checkpoints }: Ktrdr, id: string): Choice {
    const newest = checkpoints.show(id)
    const { operationId, seq } = newest
    const versions = checkpoints.list(operationId).map((version) => version.seq)
    const isOne = id.includes('@')
    return {
      name: isOne ? `${operationId}@${seq}` : operationId,
      question: deleteQuestion(newest, versions.length, isOne, this.room),
      remove: () => checkpoints.delete(operationId, isOne ? [seq] : versions),
    }
  }

  private chooseAll({ checkpoints }: Ktrdr): Choice {
    const all = checkpoints.list()
    return {
      name: '--all',
      question: all.length === 0 ? null : deleteAllQuestion(all, this.room),
      remove: () => checkpoints.deleteAll(all),
    }
  }
}
