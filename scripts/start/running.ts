import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { writePrivateFile } from './data-folder.ts'

/**
 * `DATA/running.json`: who works on this folder. Two supervisors on one folder would corrupt it; and one that was
 * killed hard leaves children behind, which the next start ends before it takes their place.
 */
const Running = z.object({
  supervisor: z.number().int(),
  children: z.record(z.string(), z.number().int()),
})
type Running = z.infer<typeof Running>

const fileOf = (dataDir: string): string => join(dataDir, 'running.json')

export function noteRunning(dataDir: string, children: Readonly<Record<string, number>>): void {
  const running: Running = { supervisor: process.pid, children: { ...children } }
  writePrivateFile(fileOf(dataDir), JSON.stringify(running))
}

export const noteStopped = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true })

/** Refuses while another supervisor is at work here; ends what a dead one left. Answers the names it ended. */
export async function takeOver(dataDir: string): Promise<Result<readonly string[], string>> {
  const before = readRunning(dataDir)
  if (before === null) return ok([])
  if (before.supervisor !== process.pid && commandLineOf(before.supervisor).includes('scripts/start/main'))
    return err(`${dataDir} is in use by another \`npm start\` (process ${before.supervisor})`)
  const left = Object.entries(before.children).filter(([, pid]) => commandLineOf(pid).includes(dataDir))
  for (const [, pid] of left) endGroup(pid)
  const deadline = performance.now() + 5000
  while (left.some(([, pid]) => commandLineOf(pid) !== '') && performance.now() < deadline) await sleep(50)
  noteStopped(dataDir)
  return ok(left.map(([name]) => name))
}

function readRunning(dataDir: string): Running | null {
  try {
    if (!existsSync(fileOf(dataDir))) return null
    return Running.safeParse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** Empty when there is no such process (or no /proc: then leftovers show as ports in use). */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}
