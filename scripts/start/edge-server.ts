import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import type { Miniflare } from 'miniflare'
import * as z from 'zod'
import { EdgeWorkerConfig, furnishEdgeWorker, startEdgeWorker } from './edge-worker.ts'
import { endLeftOverWorkerd, forgetWorkerd, noteWorkerd } from './left-over-workerd.ts'

/** A supervisor waits no longer for us; workerd needs some milliseconds. */
const STOP_MS_MAX = 2_500

/**
 * The edge on this machine: edge/worker.ts in workerd, with D1 and KV on disk under dataDir.
 *
 *   node scripts/start/edge-server.ts --config FILE     prints {"ready":true,"url":…} once it answers
 *
 * Callers reach the Worker's own socket; Miniflare's entry port, which costs three times as much a request, stays inside.
 */
async function main(): Promise<void> {
  const config = readConfig()
  mkdirSync(config.dataDir, { recursive: true })
  await endLeftOverWorkerd(config.dataDir)
  if (await isPortTaken(config))
    fail(`port ${config.port} on ${config.host} is in use; choose another --port-base`)
  const miniflare = await startEdgeWorker(config)
  stopOnSignal(miniflare, config)
  await miniflare.ready
  noteWorkerd(config.dataDir)
  await furnishEdgeWorker(miniflare, config)
  const url = `http://${config.host}:${config.port}`
  const health = await fetch(`${url}/readyz`)
  if (!health.ok) fail(`the Worker does not get ready: ${await health.text()}`)
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`)
}

function readConfig(): EdgeWorkerConfig {
  const file = parseArgs({ options: { config: { type: 'string' } } }).values.config
  if (!file) fail('usage: edge-server.ts --config FILE', 2)
  const config = EdgeWorkerConfig.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!config.success) fail(`${file}: ${z.prettifyError(config.error)}`, 2)
  return config.data
}

/** workerd only writes that it failed, so the port is tried first. */
function isPortTaken({ host, port }: EdgeWorkerConfig): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(true))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(false)))
  })
}

function stopOnSignal(miniflare: Miniflare, { dataDir }: EdgeWorkerConfig): void {
  let isStopping = false
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(0), STOP_MS_MAX)
    void miniflare.dispose().finally(() => {
      forgetWorkerd(dataDir)
      process.exit(0)
    })
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Miniflare's own handler exits at once, before anything has been put away.
    process.removeAllListeners(signal)
    process.on(signal, stop)
  }
}

function fail(message: string, code = 1): never {
  process.stderr.write(`edge: ${message}\n`)
  process.exit(code)
}

main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
