import type { ChildProcess } from 'node:child_process'

/** Every process of ours closes within four seconds. */
const ENDS_WITHIN_MS = 15_000

/**
 * Ends a child with a signal and waits until it is gone. Nothing to do for one that has ended; one that does not listen is
 * killed, and that is an error.
 */
export async function endChild(child: ChildProcess | null, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const deaf = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => deaf.resolve(child.kill('SIGKILL')), ENDS_WITHIN_MS)
  const isDeaf = await Promise.race([ended.then(() => false), deaf.promise])
  clearTimeout(timer)
  if (isDeaf) throw new Error(`process ${child.pid} did not end within ${ENDS_WITHIN_MS} ms of ${signal}`)
}

/** The first thing on a child's stdout that matches, e.g. the address it listens on. */
export function firstWords(child: ChildProcess, pattern: RegExp, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(
      () => reject(new Error(`nothing matched ${pattern} within ${withinMs} ms:\n${text}`)),
      withinMs,
    )
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = pattern.exec(text)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}:\n${text}`)))
  })
}
