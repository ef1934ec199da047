// Return of each month, from equity.csv of a backtest: node count-months.mjs EQUITY OUT
import { readFileSync, writeFileSync } from 'node:fs'

const [, , equity, out] = process.argv
const [header, ...rows] = readFileSync(equity, 'utf8').trim().split('\n')
const columns = header.split(',')
const [time, value] = ['time', 'equity'].map((name) => columns.indexOf(name))
const lastOf = new Map(
  rows.map((row) => row.split(',')).map((row) => [row[time].slice(0, 7), Number(row[value])]),
)
let before = Number(rows[0].split(',')[value])
const lines = [...lastOf].map(([month, last]) => {
  const change = last / before - 1
  before = last
  return `${month},${change.toFixed(6)}`
})
writeFileSync(out, `month,return\n${lines.join('\n')}\n`)
process.stdout.write(`${lines.length} months\n`)
