// Loads a part of the bundle when it is needed, with the code that V8 has compiled of it before. scripts/bundle.mjs puts
// this into the entries, and defines RECORDS_CODE as true in those that it builds to get that code.
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')
const { Script } = require('node:vm')

const sea = process.getBuiltinModule('node:sea')
const isSea = sea?.isSea() === true

exports.wrapped = (source) =>
  `(function (exports, require, module, __filename, __dirname) {${source}\n})`

exports.loadPart = (name, directory) => {
  const file = isSea ? process.execPath : join(directory, name)
  const source = isSea ? sea.getAsset(name, 'utf8') : readFileSync(file, 'utf8')
  const script = new Script(exports.wrapped(source), {
    filename: name,
    cachedData: compiled(name, directory),
  })
  if (RECORDS_CODE) require('./record-code.cjs').recordCode(script, `${file}.code`)
  const part = { exports: {} }
  script.runInThisContext()(part.exports, createRequire(file), part, file, dirname(file))
  return part.exports
}

/** Undefined when there is none; V8 passes over what another version of it has made. */
function compiled(name, directory) {
  try {
    return isSea
      ? new Uint8Array(sea.getRawAsset(`${name}.code`))
      : readFileSync(join(directory, `${name}.code`))
  } catch {
    return undefined
  }
}
