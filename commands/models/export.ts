import { Flags } from '@oclif/core'
import { EXPORT_FORMATS } from '../../src/ktrdr.ts'
import { modelExportedScreen } from '../../src/terminal/models.ts'
import { forceFlag, modelArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class ModelsExport extends BaseCommand {
  static override summary = 'write a model as one file that other programs open'
  static override description =
    'ONNX takes the features as they are and normalises them itself; safetensors has the weights by the names of PyTorch; JSON has everything. Each names features and classes.'
  static override examples = [
    '<%= config.bin %> models export pullback@best --out pullback.onnx',
    '<%= config.bin %> models export pullback@3 --out weights.safetensors',
  ]
  static override args = { model: modelArg }
  static override flags = {
    out: Flags.string({ required: true, helpValue: 'FILE', description: 'the file to write' }),
    format: Flags.option({
      options: EXPORT_FORMATS,
      description: 'unless the name of the file says it',
    })(),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ModelsExport)
    const { out, format, force } = flags
    const exported = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.models.export(args.model, { out, format, force }),
    )
    this.log(modelExportedScreen(exported, this.room))
    return exported
  }
}
