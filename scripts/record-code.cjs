// For the runs that scripts/bundle.mjs makes to get compiled code: every thread writes what V8 has made of its part
// before it ends. Worker threads are stopped from outside, so they are told before that.
const { writeFileSync } = require('node:fs')
const { setTimeout } = require('node:timers/promises')
const { isMainThread, parentPort, Worker } = require('node:worker_threads')

const WRITE = 'write what is compiled'
const LONG_ENOUGH_MS = 500

exports.recordCode = (script, file) => {
  const write = () => writeFileSync(file, script.createCachedData())
  if (!isMainThread) {
    parentPort.on('message', (message) => {
      if (message === WRITE) write()
    })
    return
  }
  process.on('exit', write)
  const { terminate } = Worker.prototype
  Worker.prototype.terminate = async function terminateLater() {
    this.postMessage(WRITE)
    await setTimeout(LONG_ENOUGH_MS)
    return terminate.call(this)
  }
}
