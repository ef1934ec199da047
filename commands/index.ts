import Backtest from './backtest.ts'
import CheckpointsDelete from './checkpoints/delete.ts'
import CheckpointsList from './checkpoints/list.ts'
import CheckpointsRekey from './checkpoints/rekey.ts'
import CheckpointsShow from './checkpoints/show.ts'
import CheckpointsVerify from './checkpoints/verify.ts'
import Demo from './demo.ts'
import Gc from './gc.ts'
import OperationsCancel from './operations/cancel.ts'
import OperationsList from './operations/list.ts'
import OperationsResume from './operations/resume.ts'
import OperationsShow from './operations/show.ts'
import Train from './train.ts'
import Validate from './validate.ts'

/** Every command by its id. Explicit, so that it survives bundling. */
export const COMMANDS = {
  backtest: Backtest,
  'checkpoints:delete': CheckpointsDelete,
  'checkpoints:list': CheckpointsList,
  'checkpoints:rekey': CheckpointsRekey,
  'checkpoints:show': CheckpointsShow,
  'checkpoints:verify': CheckpointsVerify,
  demo: Demo,
  gc: Gc,
  'operations:cancel': OperationsCancel,
  'operations:list': OperationsList,
  'operations:resume': OperationsResume,
  'operations:show': OperationsShow,
  train: Train,
  validate: Validate,
}
