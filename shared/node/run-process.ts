import type { Logger } from 'pino'

/** Longer than any of our parts needs to close, shorter than a supervisor's patience. */
const CLOSE_WITHIN_MS = 4_000

/**
 * Runs an entry point: opens it, says where it listens, closes it in order on SIGINT or SIGTERM, and stops at once on
 * anything that nobody handled. A state that can't be trusted is left for the next start to recover.
 */
export async function runProcess(
  log: Logger,
  open: () => Promise<{ readonly url: string; readonly close: () => Promise<void> }>,
): Promise<void> {
  const stopAtOnce = (error: unknown): void => {
    log.fatal({ err: error }, 'stopping: this process can not go on')
    process.exit(1)
  }
  process.on('uncaughtException', stopAtOnce)
  process.on('unhandledRejection', stopAtOnce)
  const { url, close } = await open()
  log.info({ url }, 'listening')
  const stop = async (): Promise<void> => {
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref()
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
