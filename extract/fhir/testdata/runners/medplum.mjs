// Runs every view of a folder over its type's resources with Medplum, another runner of SQL-on-FHIR views, and writes the rows as JSON.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
globalThis.WebSocket ??= class {} // the package names it as it is loaded
const [views, data, modules] = process.argv.slice(2)
const { evalSqlOnFhir } = createRequire(modules + '/')('@medplum/core')
const rows = {}
for (const name of readdirSync(views)) {
  const view = JSON.parse(readFileSync(`${views}/${name}`, 'utf8'))
  const lines = readFileSync(`${data}/${view.resource}.ndjson`, 'utf8').trim().split('\n')
  rows[view.name] = evalSqlOnFhir(view, lines.map((line) => JSON.parse(line)))
}
console.log(JSON.stringify(rows))
