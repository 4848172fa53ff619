import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Planned, Supervisor } from './supervisor.ts'

/** A throw-away service: says `up`, notes what happens to it in a common diary, and obeys SIGTERM (or doesn't). */
const CHILD = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
const [name, diary, manner] = process.argv.slice(2)
const note = (what) => appendFileSync(diary, name + ' ' + what + '\\n')
if (manner === 'bad-config') { console.error('port: not a number'); process.exit(2) }
if (manner === 'weak') { console.error('no'); process.exit(1) }
process.on('SIGTERM', () => { note('down'); process.exit(0) })
note('up')
console.log('up')
setInterval(() => {}, 1000)
`

let dir = ''
let said: string[] = []
let pids: Readonly<Record<string, number>> = {}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'plimsoll-supervisor-'))
  writeFileSync(join(dir, 'child.mjs'), CHILD)
  writeFileSync(join(dir, 'diary'), '')
  said = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const child = (name: string, after: readonly string[] = [], manner = 'good'): Planned => ({
  name,
  command: process.execPath,
  args: [join(dir, 'child.mjs'), name, join(dir, 'diary'), manner],
  ready: /^up$/,
  readyWithinMs: 5000,
  after,
})
const supervise = (plan: readonly Planned[]): Supervisor =>
  new Supervisor(plan, {
    logsDir: join(dir, 'logs'),
    say: (line) => said.push(line),
    onChildren: (now) => (pids = now),
    backoffFirstMs: 10,
  })
const diary = (): string[] => readFileSync(join(dir, 'diary'), 'utf8').trim().split('\n')
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 5000; waited += 20) await sleep(20)
  expect(holds()).toBe(true)
}

test('services start after those they need, and stop before them', async () => {
  const supervisor = supervise([child('nats'), child('region', ['nats']), child('traffic', ['region'])])
  await supervisor.start()
  await supervisor.stop()
  expect(diary()).toEqual(['nats up', 'region up', 'traffic up', 'traffic down', 'region down', 'nats down'])
  expect(Object.values(pids).some(isAlive)).toBe(false)
})

test('a service that is killed is restarted, and that is said once with its last words', async () => {
  const supervisor = supervise([child('region')])
  await supervisor.start()
  process.kill(pids['region']!, 'SIGKILL')
  await until(() => said.includes('region is back'))
  const first = pids['region']!
  process.kill(first, 'SIGKILL')
  await until(() => pids['region'] !== first && diary().length === 3)
  await supervisor.stop()
  expect(said).toEqual(['region died (killed by SIGKILL), restarting it', '  region | up', 'region is back'])
})

test('a service whose configuration is wrong ends the start at once, with its own words', async () => {
  const supervisor = supervise([child('nats'), child('region', ['nats'], 'bad-config')])
  await expect(supervisor.start()).rejects.toThrow(/^region did not start \(exit 2\): see .*region\.log$/)
  await supervisor.stop()
  expect(said).toEqual(['region did not start (exit 2); its last words:', '  region | port: not a number'])
  expect(diary()).toEqual(['nats up', 'nats down'])
})

test('a service that can not start is tried three times', async () => {
  const supervisor = supervise([child('region', [], 'weak')])
  await expect(supervisor.start()).rejects.toThrow(/^region did not start \(exit 1\)/)
  await supervisor.stop()
  expect(readFileSync(join(dir, 'logs', 'region.log'), 'utf8')).toBe('no\nno\nno\n')
})

test('a program that is not there is one clear line', async () => {
  const supervisor = supervise([{ ...child('nats'), command: join(dir, 'no-such-program') }])
  await expect(supervisor.start()).rejects.toThrow(/^nats did not start/)
  await supervisor.stop()
})

test('stopping while things are still starting leaves nothing behind', async () => {
  const supervisor = supervise([{ ...child('slow'), ready: /never said/ }, child('late', ['slow'])])
  const started = supervisor.start()
  await until(() => diary().includes('slow up'))
  await supervisor.stop()
  await started
  expect(Object.values(pids).some(isAlive)).toBe(false)
})
