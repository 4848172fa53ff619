import { existsSync } from 'node:fs'
import { buildConsole, CHROMIUM } from './chromium.ts'

/** Once before the browser's tests: what they open is built from the sources as they stand. */
export async function setup(): Promise<void> {
  if (existsSync(CHROMIUM)) await buildConsole()
}
