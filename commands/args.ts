import { Args, Flags } from '@oclif/core'

export const strategyArg = Args.string({
  required: true,
  description: 'a YAML file, or its name in strategies/ or ./',
})

export const OPERATION_ID =
  'an operation: its id, a unique beginning, its last characters, or "latest"'

export const operationArg = Args.string({ required: true, description: OPERATION_ID })

export const CHECKPOINT_ID =
  'an operation (its id, beginning, end, or "latest"), or ID@NUMBER or ID@TAG for one checkpoint'

export const checkpointArg = Args.string({ required: true, description: CHECKPOINT_ID })

export const oneCheckpointArg = Args.string({
  required: true,
  description: 'one checkpoint: ID@NUMBER or ID@TAG',
})

export const MODEL_NAME =
  'NAME, NAME@latest, NAME@best (lowest validation loss), NAME@3, NAME/SYMBOL_1d@3, or a directory'

export const modelArg = Args.string({ required: true, description: `a model: ${MODEL_NAME}` })

export const pipelineArg = Args.string({
  required: true,
  description: 'the YAML file of a pipeline',
})

export const phaseArg = Args.string({ description: 'one of its phases; without it, all of them' })

export const forceFlag = Flags.boolean({ description: 'replace a file that is there' })
