#!/usr/bin/env node
// The operators' CLI. Any Node from 20 on may start this; the program itself needs the one that the project pins.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
const program = fileURLToPath(new URL('./plimsoll/main.ts', import.meta.url))
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

if (existsSync(node)) {
  const { status } = spawnSync(node, [program, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  })
  process.exitCode = status ?? 1
} else {
  process.stderr.write(
    'plimsoll: the dependencies are not installed yet: run `npm ci`, or `npm start` once\n',
  )
  process.exitCode = 1
}
