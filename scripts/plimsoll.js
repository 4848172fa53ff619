#!/usr/bin/env node
// The operators' CLI. Any Node from 20 on may start this; the program itself needs the one that the project pins. Where it
// is that one already (npx puts it on the PATH), it goes on in the same process.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
const program = new URL('./plimsoll/main.ts', import.meta.url)
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

if (!existsSync(node)) {
  process.stderr.write(
    'plimsoll: the dependencies are not installed yet: run `npm ci`, or `npm start` once\n',
  )
  process.exitCode = 1
} else if (realpathSync(node) === realpathSync(process.execPath)) {
  modules.enableCompileCache(compiled)
  await import(program)
} else {
  const { status } = spawnSync(node, [fileURLToPath(program), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  })
  process.exitCode = status ?? 1
}
