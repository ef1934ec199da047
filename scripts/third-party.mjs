// What the executable is made of, beside it: a bill of materials (CycloneDX 1.6) and the licences of all of it. Only what
// esbuild has taken into the bundle is named, with versions and hashes from the lock file, so that the same sources give the
// same files.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const pjson = readJson('package.json')
const { packages: locked } = readJson('package-lock.json')
const NODE = `node_modules/node-${process.platform}-${process.arch}`

/** @param sqlite the version of SQLite that better-sqlite3 brings */
export function writeThirdParty(directory, sqlite) {
  const all = [...readJson('dist/packages.json'), ...(existsSync(NODE) ? [NODE] : [])]
  const byPurl = new Map(all.map((path) => [componentOf(path).purl, path]))
  const packages = [...byPurl.values()]
  const components = packages.map(componentOf)
  writeFileSync(
    join(directory, 'ktrdr.cdx.json'),
    `${JSON.stringify(billOf(components, sqlite), null, 2)}\n`,
  )
  const texts = packages.map((path, i) => licenceText(path, components[i]))
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES'), `${[HEADER, ...texts].join(RULE)}`)
  return components.length
}

const RULE = `\n\n${'-'.repeat(80)}\n\n`
const HEADER = `ktrdr is licensed under the MIT licence. The executable also holds what follows, under the licences given with each.
SQLite, which better-sqlite3 brings, is in the public domain: https://sqlite.org/copyright.html`

function componentOf(path) {
  const { version, integrity, license } = locked[path] ?? {}
  if (!version) throw new Error(`${path} is in the bundle and not in the lock file`)
  const full = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const [group, name] = full.startsWith('@') ? full.split('/') : [undefined, full]
  const purl = `pkg:npm/${full.replace('@', '%40')}@${version}`
  const [algorithm, digest] = integrity.split(/-(.*)/)
  if (algorithm !== 'sha512') throw new Error(`${path} is not locked by SHA-512`)
  return {
    type: path === NODE ? 'platform' : 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    version,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    ...(license === undefined ? {} : { licenses: [licenceOf(license)] }),
    purl,
  }
}

/** An SPDX name, or an expression of several. */
function licenceOf(license) {
  return /[ ()]/.test(license)
    ? { expression: license.replace(/^\((.*)\)$/, '$1') }
    : { license: { id: license } }
}

function billOf(components, sqlite) {
  const root = `pkg:npm/${pjson.name}@${pjson.version}`
  const database = {
    type: 'library',
    'bom-ref': `pkg:generic/sqlite@${sqlite}`,
    name: 'sqlite',
    version: sqlite,
    licenses: [{ license: { id: 'blessing' } }],
    purl: `pkg:generic/sqlite@${sqlite}`,
  }
  const all = [...components, database].toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: pjson.name,
        version: pjson.version,
        licenses: [{ license: { id: pjson.license } }],
        purl: root,
      },
    },
    components: all,
    dependencies: [{ ref: root, dependsOn: all.map(({ purl }) => purl) }],
  }
}

function licenceText(path, { group, name, version }) {
  const files = readdirSync(path).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
  const { license, author } = readJson(join(path, 'package.json'))
  const texts =
    files.length > 0
      ? files.toSorted().map((file) => readFileSync(join(path, file), 'utf8').trim())
      : [`Licence: ${license}`, ...(author ? [`Author: ${author.name ?? author}`] : [])]
  return [`${group === undefined ? '' : `${group}/`}${name} ${version}`, ...texts].join('\n\n')
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
