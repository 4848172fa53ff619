import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * When this process is killed outright, the workerd it started lives on and keeps the port. So its pid is noted in the
 * data folder, with the moment it was started (a pid alone may since belong to someone else), and the next start ends
 * it. Only where there is /proc; elsewhere the port is reported as taken.
 */
type Note = { readonly pid: number; readonly startedAt: string; readonly parent: number }

const noteFile = (dataDir: string): string => join(dataDir, 'workerd.json')

/** Notes the workerd that is a child of this process. */
export function noteWorkerd(dataDir: string): void {
  for (const name of entriesOf('/proc')) {
    const found = /^\d+$/.test(name) ? processOf(Number(name)) : null
    if (found?.name !== 'workerd' || found.parent !== process.pid) continue
    const note: Note = { pid: Number(name), startedAt: found.startedAt, parent: found.parent }
    writeFileSync(noteFile(dataDir), JSON.stringify(note))
  }
}

/** Ends the workerd of a start that was killed, and waits until it has let go of its port. */
export async function endLeftOverWorkerd(dataDir: string): Promise<void> {
  const note = readNote(dataDir)
  if (!note || !isRunning(note)) return
  process.kill(note.pid, 'SIGKILL')
  for (let tries = 0; tries < 100 && isRunning(note); tries++)
    await new Promise((wake) => setTimeout(wake, 20))
}

export const forgetWorkerd = (dataDir: string): void => rmSync(noteFile(dataDir), { force: true })

/** Still that same process, and nobody's: its parent is no longer the one that noted it. */
function isRunning({ pid, startedAt, parent }: Note): boolean {
  const found = processOf(pid)
  if (found?.name !== 'workerd' || found.startedAt !== startedAt || found.state === 'Z') return false
  return found.parent !== parent
}

function processOf(pid: number): { name: string; state: string; parent: number; startedAt: string } | null {
  try {
    // pid (name) state ppid … and the start time as field 22; the name may hold blanks and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { name, state: fields[0]!, parent: Number(fields[1]), startedAt: fields[19]! }
  } catch {
    return null
  }
}

function readNote(dataDir: string): Note | null {
  try {
    return JSON.parse(readFileSync(noteFile(dataDir), 'utf8')) as Note
  } catch {
    return null
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
