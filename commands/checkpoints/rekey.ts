import { Flags } from '@oclif/core'
import { askNewPassphrase } from '../../src/terminal/passphrase.ts'
import { BaseCommand } from '../base.ts'

const NEW_PASSPHRASE = 'KTRDR_NEW_ENCRYPTION_PASSPHRASE'

export default class CheckpointsRekey extends BaseCommand {
  static override summary = 'encrypt with another key or passphrase from now on'
  static override description = `The present one comes from where it always does; the new one from --new-key-file, from ${NEW_PASSPHRASE}, or it is asked for. Checkpoints are not written again: only the key that encrypts them is.`
  static override examples = [
    '<%= config.bin %> checkpoints rekey',
    '<%= config.bin %> checkpoints rekey --new-key-file ktrdr.key',
  ]
  static override flags = {
    'new-key-file': Flags.string({
      helpValue: 'FILE',
      description: 'a file with the new key, 32 bytes as they are or as hex or base64',
    }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(CheckpointsRekey)
    const keyFile = flags['new-key-file']
    const passphrase =
      keyFile === undefined
        ? (process.env[NEW_PASSPHRASE] ??
          (await askNewPassphrase(`${NEW_PASSPHRASE}=… ktrdr checkpoints rekey`)))
        : undefined
    const result = await this.withKtrdr(flags, (ktrdr) => ktrdr.rekey({ keyFile, passphrase }))
    this.log(
      'Done. From now on only the new key opens encrypted checkpoints; keep it apart from them.',
    )
    return result
  }
}
