import { describe, expect, it } from 'vitest'
import { checkPlace } from '../../../src/check-place.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { examineClock, examineFileSystem } from '../../../src/examine-machine.ts'
import { fileSystemOf } from '../../../src/runtime/file-system.ts'
import { resolveSettings } from '../../../src/settings.ts'

const settingsWith = (env: Readonly<Record<string, string>> = {}) =>
  resolveSettings({ env: { XDG_CONFIG_HOME: '/nowhere', ...env }, cwd: '/nowhere' })

// Reference: statfs(2), and linux/magic.h. The types are handed in: no network file system is at hand in a test.
describe.runIf(process.platform === 'linux')('a file system', () => {
  it.each([
    [0x6969, 'NFS', 'network'],
    [0xff534d42, 'CIFS', 'network'],
    [0xff534d42 | 0, 'CIFS', 'network'],
    [0x01021994, 'tmpfs', 'memory'],
    [0xef53, 'ext4', 'local'],
    [0x1234, 'type 0x1234', 'unknown'],
  ])('of type %i is %s: %s', (type, name, nature) => {
    expect(fileSystemOf('/', () => type)).toEqual({ name, nature })
  })

  it('of a path that is not there is that of what will hold it', () => {
    const asked: string[] = []
    fileSystemOf('/tmp/not/there/yet', (directory) => {
      asked.push(directory)
      return 0
    })
    expect(asked).toEqual(['/tmp'])
  })
})

describe('a data directory on a network file system', () => {
  const kindOf = (nature: 'network' | 'local' | 'memory' | 'unknown') => () => ({
    name: 'NFS',
    nature,
  })

  it('is refused, with the setting that insists', async () => {
    const settings = await settingsWith({ KTRDR_DATA_DIR: '/net/data' })
    expect(() => checkPlace(settings, kindOf('network'))).toThrow(
      expect.objectContaining({
        code: 'IO_FAILED',
        message: 'The data directory /net/data lies on NFS, where SQLite can lose what was saved.',
        suggestions: expect.arrayContaining([
          expect.stringContaining('KTRDR_NETWORK_FILE_SYSTEM=true'),
        ]),
      }),
    )
    expect(examineFileSystem(settings, kindOf('network')).verdict).toBe('problem')
  })

  it('is taken when the settings insist, and doctor still tells', async () => {
    const settings = await settingsWith({ KTRDR_NETWORK_FILE_SYSTEM: 'true' })
    expect(() => checkPlace(settings, kindOf('network'))).not.toThrow()
    expect(examineFileSystem(settings, kindOf('network')).verdict).toBe('warning')
  })

  it.each(['local', 'memory', 'unknown'] as const)('is no %s one', async (nature) => {
    const settings = await settingsWith()
    expect(() => checkPlace(settings, kindOf(nature))).not.toThrow()
  })
})

describe('a clock', () => {
  it.each([
    [0, 'problem'],
    [Date.UTC(2023, 11, 31), 'problem'],
    [Date.UTC(2026, 0, 1), 'ok'],
  ])('at %i is %s', async (nowMs, verdict) => {
    const settings = await settingsWith({ KTRDR_DATA_DIR: '/nowhere/data' })
    expect(examineClock(settings, { ...systemClock, nowMs: () => nowMs }).verdict).toBe(verdict)
  })
})
