import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { explainSystemError } from '../../../src/core/system-error.ts'

const WHAT = 'The checkpoint could not be saved'
const systemError = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: something`), { code, ...more })

describe('a failure of the machine', () => {
  it.each([
    ['ENOSPC', 'the disk is full', 1],
    ['SQLITE_FULL', 'the disk is full', 1],
    ['EDQUOT', 'the disk quota is used up', 1],
    ['EROFS', 'the file system is read-only', 1],
    ['EACCES', 'permission was denied', 1],
    ['EIO', 'the disk reported an error', 1],
    ['SQLITE_IOERR_FSYNC', 'the disk reported an error', 1],
    ['SQLITE_BUSY_SNAPSHOT', 'another process holds the database', 1],
    ['SQLITE_CORRUPT_VTAB', 'the database is damaged', 6],
    ['SQLITE_NOTADB', 'the file is no database of ktrdr', 6],
  ])('%s becomes one line: %s (exit %i)', (code, reason, exitCode) => {
    const cause = systemError(code)
    const error = explainSystemError(cause, WHAT)
    expect(error).toBeInstanceOf(KtrdrError)
    expect(error).toMatchObject({ exitCode, cause, details: { systemCode: code } })
    expect((error as Error).message).toMatch(new RegExp(`^${WHAT}: ${reason}.* \\(${code}\\)\\.$`))
  })

  it('names the file when it is known, and a remedy when there is one', () => {
    expect(explainSystemError(systemError('ENOSPC', { path: '/data/a' }), WHAT)).toMatchObject({
      message: `${WHAT}: the disk is full (ENOSPC /data/a).`,
      suggestions: ['ktrdr gc', 'Free some space on the disk.'],
    })
  })

  it('without a meaning of its own is still one of the machine', () => {
    expect(explainSystemError(systemError('EWHATEVER'), WHAT)).toMatchObject({
      code: 'IO_FAILED',
      message: `${WHAT}: the system refused it (EWHATEVER).`,
    })
  })

  it.each([
    ['an error of ours', new KtrdrError('USAGE', 'no')],
    ['an error without a code', new TypeError('x')],
    ["a code of Node's own, which is a bug of ours", systemError('ERR_INVALID_ARG_TYPE')],
    ['something that is no error', 'boom'],
  ])('%s comes back as it is', (_, error) => expect(explainSystemError(error, WHAT)).toBe(error))
})
