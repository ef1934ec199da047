// From its sources ktrdr is some hundred files whose types are stripped and which are compiled at every start. Node can
// keep what comes of that; it is found again by content, so that it is safe to delete. A bundle brings it with it.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { where } from './where.ts'

/** For this thread. Where nothing can be written, nothing is kept. */
export function keepCompiled(): void {
  if (where !== 'source') return
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  enableCompileCache(join(cache, 'ktrdr', 'compiled'))
}
