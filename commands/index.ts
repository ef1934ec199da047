import Backtest from './backtest.ts'
import CheckpointsCleanup from './checkpoints/cleanup.ts'
import CheckpointsCompact from './checkpoints/compact.ts'
import CheckpointsDelete from './checkpoints/delete.ts'
import CheckpointsDiff from './checkpoints/diff.ts'
import CheckpointsExport from './checkpoints/export.ts'
import CheckpointsList from './checkpoints/list.ts'
import CheckpointsPin from './checkpoints/pin.ts'
import CheckpointsRekey from './checkpoints/rekey.ts'
import CheckpointsRollback from './checkpoints/rollback.ts'
import CheckpointsShow from './checkpoints/show.ts'
import CheckpointsStats from './checkpoints/stats.ts'
import CheckpointsTag from './checkpoints/tag.ts'
import CheckpointsUnpin from './checkpoints/unpin.ts'
import CheckpointsVerify from './checkpoints/verify.ts'
import Compare from './compare.ts'
import Completion from './completion.ts'
import ConfigPath from './config/path.ts'
import ConfigShow from './config/show.ts'
import DataCheck from './data/check.ts'
import DataConvert from './data/convert.ts'
import DataInspect from './data/inspect.ts'
import DataSynth from './data/synth.ts'
import Demo from './demo.ts'
import Doctor from './doctor.ts'
import Features from './features.ts'
import Gc from './gc.ts'
import Help from './help.ts'
import IndicatorsCompute from './indicators/compute.ts'
import IndicatorsList from './indicators/list.ts'
import IndicatorsShow from './indicators/show.ts'
import Init from './init.ts'
import Lookahead from './lookahead.ts'
import Migrate from './migrate.ts'
import ModelsCompare from './models/compare.ts'
import ModelsDelete from './models/delete.ts'
import ModelsExport from './models/export.ts'
import ModelsList from './models/list.ts'
import ModelsShow from './models/show.ts'
import OperationsCancel from './operations/cancel.ts'
import OperationsCheckpoint from './operations/checkpoint.ts'
import OperationsDelete from './operations/delete.ts'
import OperationsList from './operations/list.ts'
import OperationsLogs from './operations/logs.ts'
import OperationsResume from './operations/resume.ts'
import OperationsRetry from './operations/retry.ts'
import OperationsShow from './operations/show.ts'
import OperationsWatch from './operations/watch.ts'
import PipelineClear from './pipeline/clear.ts'
import PipelineList from './pipeline/list.ts'
import PipelineRun from './pipeline/run.ts'
import PipelineStats from './pipeline/stats.ts'
import PipelineStatus from './pipeline/status.ts'
import Report from './report.ts'
import Search from './search.ts'
import TasksList from './tasks/list.ts'
import TasksRun from './tasks/run.ts'
import Train from './train.ts'
import Validate from './validate.ts'
import WalkForward from './walkforward.ts'

/** Every command by its id. Explicit, so that it survives bundling. */
export const COMMANDS = {
  backtest: Backtest,
  'checkpoints:cleanup': CheckpointsCleanup,
  'checkpoints:compact': CheckpointsCompact,
  'checkpoints:delete': CheckpointsDelete,
  'checkpoints:diff': CheckpointsDiff,
  'checkpoints:export': CheckpointsExport,
  'checkpoints:list': CheckpointsList,
  'checkpoints:pin': CheckpointsPin,
  'checkpoints:rekey': CheckpointsRekey,
  'checkpoints:rollback': CheckpointsRollback,
  'checkpoints:show': CheckpointsShow,
  'checkpoints:stats': CheckpointsStats,
  'checkpoints:tag': CheckpointsTag,
  'checkpoints:unpin': CheckpointsUnpin,
  'checkpoints:verify': CheckpointsVerify,
  compare: Compare,
  completion: Completion,
  'config:path': ConfigPath,
  'config:show': ConfigShow,
  'data:check': DataCheck,
  'data:convert': DataConvert,
  'data:inspect': DataInspect,
  'data:synth': DataSynth,
  demo: Demo,
  doctor: Doctor,
  features: Features,
  gc: Gc,
  help: Help,
  'indicators:compute': IndicatorsCompute,
  'indicators:list': IndicatorsList,
  'indicators:show': IndicatorsShow,
  init: Init,
  lookahead: Lookahead,
  migrate: Migrate,
  'models:compare': ModelsCompare,
  'models:delete': ModelsDelete,
  'models:export': ModelsExport,
  'models:list': ModelsList,
  'models:show': ModelsShow,
  'operations:cancel': OperationsCancel,
  'operations:checkpoint': OperationsCheckpoint,
  'operations:delete': OperationsDelete,
  'operations:list': OperationsList,
  'operations:logs': OperationsLogs,
  'operations:resume': OperationsResume,
  'operations:retry': OperationsRetry,
  'operations:show': OperationsShow,
  'operations:watch': OperationsWatch,
  'pipeline:clear': PipelineClear,
  'pipeline:list': PipelineList,
  'pipeline:run': PipelineRun,
  'pipeline:stats': PipelineStats,
  'pipeline:status': PipelineStatus,
  report: Report,
  search: Search,
  'tasks:list': TasksList,
  'tasks:run': TasksRun,
  train: Train,
  validate: Validate,
  walkforward: WalkForward,
}
