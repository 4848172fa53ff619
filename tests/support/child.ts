import type { ChildProcess } from 'node:child_process'

/** Ends a child with a signal and waits until it is gone. Nothing to do for one that has ended. */
export async function endChild(child: ChildProcess | null, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
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
