import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HELP_TOPICS, helpTopic, type HelpTopic } from '../../src/help-topics.ts'
import { settingEntries, variableOf, type SettingKey } from '../../src/setting-table.ts'
import { resolveSettings, type SettingSources } from '../../src/settings.ts'
import { settingsPlaces, settingText, showSettings } from '../../src/show-settings.ts'
import { ignoredVariables, UPSTREAM_VARIABLES } from '../../src/upstream-variables.ts'
import { tempDir } from '../support/program.ts'

/** What is shown in a directory with both files of settings. */
async function shownWith({ env = {}, flags = {} }: Partial<SettingSources>, key?: string) {
  const root = tempDir()
  const cwd = join(root, 'project')
  mkdirSync(cwd)
  mkdirSync(join(root, 'config', 'ktrdr'), { recursive: true })
  const files = {
    project: join(cwd, 'ktrdr.yaml'),
    user: join(root, 'config', 'ktrdr', 'config.yaml'),
  }
  writeFileSync(files.project, 'checkpoint: { keep_best: 2, interval: 90s }\n')
  writeFileSync(files.user, 'checkpoint.keep_best: 3\nthreads: 2\n')
  const given = { XDG_CONFIG_HOME: join(root, 'config'), XDG_DATA_HOME: root, ...env }
  const settings = await resolveSettings({ flags, env: given, cwd })
  const { settings: rows, secrets, warnings } = showSettings(settings, given, key)
  const seen = (of: SettingKey) => {
    const { text, value, origin } = rows.find((row) => row.key === of)!
    return [text, value, origin.kind, origin.name]
  }
  return { settings, rows, secrets, warnings, seen, files, cwd, env: given }
}

describe('what is shown of a setting', () => {
  it('is its value, as it can be typed, and where it came from', async () => {
    const env = { KTRDR_CHECKPOINT_KEEP_LAST: '5', CHECKPOINT_EPOCH_INTERVAL: '7' }
    const { seen, files } = await shownWith({ env, flags: { data_dir: '/d' } })
    expect(seen('data_dir')).toEqual(['/d', '/d', 'flag', '--data-dir'])
    const [own, upstream] = Object.keys(env)
    expect(seen('checkpoint.keep_last')).toEqual(['5', 5, 'environment', own])
    expect(seen('checkpoint.every_epochs')).toEqual(['7', 7, 'environment', upstream])
    expect(seen('checkpoint.interval')).toEqual(['90s', 90_000, 'project', files.project])
    expect(seen('checkpoint.keep_best'), 'both files have it').toEqual([
      '2',
      2,
      'project',
      files.project,
    ])
    expect(seen('threads')).toEqual(['2', 2, 'user', files.user])
    expect(seen('models_dir'), 'where it really is').toEqual([
      '/d/models',
      '/d/models',
      'default',
      'default',
    ])
    expect(seen('checkpoint.max_size')).toEqual(['none', null, 'default', 'default'])
  })

  it.each([
    ['threads', ['threads']],
    ['cleanup', ['cleanup.auto', 'cleanup.interval']],
    ['checkpoint.keep_last', ['checkpoint.keep_last']],
  ])('of %s alone, when that is asked for', async (key, expected) => {
    const { rows } = await shownWith({}, key)
    expect(rows.map((row) => row.key)).toEqual(expected)
  })

  it.each([
    ['checkpoint.keep_lst', 'ktrdr config show checkpoint.keep_last'],
    ['chekpoint', 'ktrdr config show checkpoint'],
    ['constructor', 'ktrdr config show'],
  ])('of %s is refused: %s', async (key, suggestion) => {
    await expect(shownWith({}, key)).rejects.toMatchObject({
      code: 'USAGE',
      suggestions: [suggestion],
    })
  })

  it('says the same when it is typed again, whatever the value', () => {
    const values: Readonly<Record<string, fc.Arbitrary<string | number | boolean>>> = {
      number: fc.integer({ min: 1, max: 50 }),
      interval: fc.integer({ min: 0, max: 1e12 }),
      age: fc.integer({ min: 1, max: 1e12 }),
      size: fc.integer({ min: 1, max: 2 ** 50 }),
      limit: fc.integer({ min: 0, max: 2 ** 50 }),
      budget: fc.constantFrom(0.005, 0.5, 1),
    }
    for (const [key, { fallback, parse }] of settingEntries()) {
      const kind = key.split('_').at(-1)!.split('.').at(-1)!
      const value =
        values[kind] ??
        (fallback === null || typeof fallback === 'number' ? values['number']! : null)
      const check = (one: typeof fallback): void => {
        expect(parse(settingText(key, one), key), key).toEqual(one)
      }
      if (value) fc.assert(fc.property(value, check))
      if (fallback !== '') check(fallback)
    }
  })
})

describe('keys and passphrases', () => {
  it('are told to be set, and never shown', async () => {
    const secret = 'correct-horse-battery'
    const env = {
      KTRDR_ENCRYPTION_KEY: secret,
      KTRDR_ENCRYPTION_PASSPHRASE: secret,
      KTRDR_NEW_ENCRYPTION_PASSPHRASE: secret,
    }
    const { rows, secrets, warnings } = await shownWith({ env })
    expect(secrets).toEqual(Object.keys(env))
    expect(JSON.stringify({ rows, secrets, warnings })).not.toContain(secret)
    expect((await shownWith({})).secrets).toEqual([])
  })
})

describe('a variable that does nothing', () => {
  it.each([
    [
      'KTRDR_CHECKPOINT_KEEP_LST',
      'there is no such setting. Did you mean KTRDR_CHECKPOINT_KEEP_LAST?',
    ],
    ['KTRDR_XYZZY_PLUGH', 'there is no such setting.'],
    ['KTRDR_DB_PASSWORD', 'SQLite keeps everything in KTRDR_DATA_DIR.'],
    ['OPERATIONS_CACHE_TTL', 'lists are read from the database and never cached.'],
  ])('%s is told', (name, end) => {
    const [told, ...others] = ignoredVariables({ [name]: 'x', HOME: '/', EDITOR: 'vi' })
    expect(others).toEqual([])
    expect(told?.startsWith(`${name} has no effect`)).toBe(true)
    expect(told?.endsWith(end)).toBe(true)
  })

  it('is none of ours, nor of upstream that works, nor empty', () => {
    const names = settingEntries().flatMap(([key, { aliases = [] }]) => [
      variableOf(key),
      ...aliases,
    ])
    const env = { ...Object.fromEntries(names.map((name) => [name, 'x'])), KTRDR_EMPTY: '' }
    expect(ignoredVariables({ ...env, KTRDR_FAULT: 'x', KTRDR_ENCRYPTION_KEY: 'x' })).toEqual([])
  })
})

// Reference: ktrdr specification §9.11, every variable that it lists.
const UPSTREAM = `KTRDR_CHECKPOINT_EPOCH_INTERVAL CHECKPOINT_EPOCH_INTERVAL
  KTRDR_CHECKPOINT_TIME_INTERVAL_SECONDS CHECKPOINT_TIME_INTERVAL_SECONDS KTRDR_CHECKPOINT_DIR CHECKPOINT_DIR
  KTRDR_CHECKPOINT_MAX_AGE_DAYS CHECKPOINT_MAX_AGE_DAYS KTRDR_ORPHAN_TIMEOUT_SECONDS
  KTRDR_ORPHAN_CHECK_INTERVAL_SECONDS KTRDR_OPS_CACHE_TTL OPERATIONS_CACHE_TTL KTRDR_OPS_MAX_OPERATIONS
  KTRDR_OPS_CLEANUP_INTERVAL_SECONDS KTRDR_OPS_RETENTION_DAYS KTRDR_DATA_DIR KTRDR_DATA_MODELS_DIR
  KTRDR_DATA_CACHE_DIR STRATEGIES_DIR KTRDR_API_URL KTRDR_WORKER_PORT KTRDR_DB_HOST`.split(/\s+/)

it.each(UPSTREAM)('%s of upstream works, or is told to do nothing and what does', (name) => {
  const works = settingEntries().some(
    ([key, { aliases = [] }]) => variableOf(key) === name || aliases.includes(name),
  )
  const [told] = ignoredVariables({ [name]: '1' })
  expect(works).toBe(told === undefined)
  const instead = Object.values(UPSTREAM_VARIABLES).find((text) => told?.includes(text))
  expect(works || instead !== undefined).toBe(true)
})

describe('help', () => {
  it.each(HELP_TOPICS)('on %s has no empty line and no table without rows', (topic) => {
    const { sections } = helpTopic(topic)
    for (const { title, rows } of sections) {
      expect(title).toBe(title.toUpperCase())
      expect(rows.length, title).toBeGreaterThan(0)
      for (const [name, meaning] of rows) expect(`${name}|${meaning}`).toMatch(/^\S.*\|\S/)
    }
  })

  it('on the environment has every variable, on files every place', async () => {
    const names = (topic: HelpTopic) =>
      helpTopic(topic).sections.flatMap(({ rows }) => rows.map(([name]) => name))
    expect(names('environment')).toEqual(
      expect.arrayContaining(settingEntries().map(([key]) => variableOf(key))),
    )
    const { settings, env, cwd } = await shownWith({})
    const root = `${settings.layout.root}/`
    const within = settingsPlaces(settings, { env, cwd })
      .filter(({ path }) => path.startsWith(root))
      .map(({ path }) => path.slice(root.length).split('/')[0]!)
    expect(within.length).toBeGreaterThan(5)
    for (const place of within)
      expect(
        names('files').some((name) => name.startsWith(place)),
        place,
      ).toBe(true)
  })
})
