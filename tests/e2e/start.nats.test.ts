import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readKeys } from '../../scripts/start/keys.ts'
import { busyPorts, planPorts } from '../../scripts/start/ports.ts'

/** What `npm start` runs once set-up is done, as a user has it: real processes, real ports, one Ctrl-C. */

const ROOT = join(import.meta.dirname, '..', '..')
const REGIONS = ['eu', 'us']
const NODE = join(ROOT, 'node_modules', '.bin', 'node')
const READY_MS_MAX = 60_000

const dir = mkdtempSync(join(tmpdir(), 'plimsoll-start-'))
const data = join(dir, 'data')
let base = 0
let system: Started

beforeAll(async () => {
  base = await freeBase()
  system = start(data)
  await system.ready()
}, 90_000)

afterAll(async () => {
  await system.stop('SIGKILL')
  for (const pid of processesOf(dir)) process.kill(pid, 'SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

test('it prints a URL for every service, and each is ready', async () => {
  const urls = [...system.output().matchAll(/^(?:edge|centre|region-\S+)\s+(http:\S+)/gm)].map(
    ([, url]) => url!,
  )
  expect(urls).toHaveLength(2 + REGIONS.length)
  const answers = await Promise.all(urls.map((url) => fetch(`${url}/readyz`)))
  expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200))
  expect(system.output().trimEnd().split('\n').at(-1)).toBe('ready')
})

test('the printed demo key opens the edge, where the traffic’s items are', async () => {
  const key = /demo channel key\s+amazon\s+(plk_\S+)/.exec(system.output())![1]!
  const ask = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${base}/v1/availability/PL-1001?region=us`, {
      headers: { authorization: `Bearer ${key}` },
    })
    return response.status
  }
  await until(async () => (await ask()) === 200, 10_000)
})

test('channels that ask nobody are told what they may sell, and the CLI pauses and resumes one', async () => {
  const told = async (): Promise<{ region: string; sku: string }[]> => {
    const response = await fetch(`http://127.0.0.1:${base + 2}/amazon`)
    return ((await response.json()) as { figures: { region: string; sku: string }[] }).figures
  }
  const isToldOf = (region: string) => async () =>
    (await told()).some((it) => it.region === region && it.sku === 'PL-1001')
  for (const region of REGIONS) await until(isToldOf(region), 20_000)
  const paused = cli('feeds', 'pause', 'amazon', '--region', 'us', '--json', '--data', data)
  expect([paused.status, (JSON.parse(paused.stdout) as { status: string }).status]).toEqual([0, 'paused'])
  const listed = cli('feeds', 'list', '--json', '--data', data)
  const { feeds } = JSON.parse(listed.stdout) as {
    feeds: { region: string; channel: string; status: string }[]
  }
  expect(listed.status).toBe(1)
  expect(feeds.filter(({ status }) => status === 'paused')).toMatchObject([
    { region: 'us', channel: 'amazon' },
  ])
  expect(cli('feeds', 'resume', 'amazon', '--region', 'us', '--data', data).status).toBe(0)
  expect(cli('feeds', 'resend', 'amazon', '--sku', 'PL-1001', '--region', 'us', '--data', data).status).toBe(
    0,
  )
  expect(cli('feeds', 'resume', 'nobody', '--region', 'us', '--data', data).status).toBe(1)
  expect(listed.stdout).not.toContain('whsec_')
})

test('the CLI gives a channel a key, and takes it back', async () => {
  const wanted = ['--channel', 'kiosk', '--region', 'us', '--label', 'the kiosk', '--per-minute', '600']
  const made = cli('keys', 'create', ...wanted, '--json', '--data', data)
  const { id, token } = JSON.parse(made.stdout) as { id: string; token: string }
  const ask = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${base}/v1/regions`, { headers: { authorization: `Bearer ${token}` } })
  expect([made.status, (await ask()).status]).toEqual([0, 200])
  const listed = cli('keys', 'list', '--data', data).stdout
  expect(listed).toContain(id.slice(0, 16))
  expect(listed).not.toContain(token.slice(4))
  expect(cli('keys', 'create', '--channel', 'kiosk', '--region', 'mars', '--data', data).status).toBe(1)
  expect(cli('keys', 'create', '--channel', 'kiosk', '--data', data).status).toBe(2)
  expect(cli('keys', 'revoke', id.slice(0, 12), '--data', data).status).toBe(0)
  expect((await ask()).status).toBe(401)
  expect(cli('keys', 'revoke', 'ffffffffffff', '--data', data).status).toBe(1)
})

test('a policy of the centre is tried, activated, run by every region and obeyed at the edge; and written down', async () => {
  const rule = ['--kind', 'safetyStock', '--scope', 'sku:PL-1001', '--body', '{"quantity": 3}']
  const tried = cli('policies', 'try', ...rule, '--json', '--data', data)
  const { regions } = JSON.parse(tried.stdout) as { regions: { region: string; preview: object }[] }
  expect(regions.map(({ region, preview }) => [region, preview])).toMatchObject(
    REGIONS.map((region) => [region, { skusInScope: 1 }]),
  )
  const proposed = cli('policies', 'propose', ...rule, '--reason', 'a test', '--json', '--data', data)
  const { policy } = JSON.parse(proposed.stdout) as { policy: { id: string } }
  expect(cli('policies', 'activate', policy.id, '--data', data).stdout).toContain('revision 1')
  const key = readKeys(data).edge['amazon']!
  for (const region of REGIONS)
    await until(async () => {
      const address = `http://127.0.0.1:${base}/v1/availability/PL-1001?region=${region}`
      // A connection of its own: the CLI holds this process up for longer than one is kept open.
      const headers = { authorization: `Bearer ${key}`, connection: 'close' }
      const answer = await fetch(address, { headers }).catch(() => null)
      return ((await answer?.json()) as { policies?: number } | undefined)?.policies === 1
    }, 10_000)
  await sleep(500) // what they run they tell right after
  const runs = cli('policies', 'regions', '--json', '--data', data)
  expect([runs.status, JSON.parse(runs.stdout)]).toMatchObject([
    0,
    { regions: REGIONS.map((region) => ({ region, running: 1, isCurrent: true })) },
  ])
  const verified = cli('audit', 'verify', '--json', '--data', data)
  expect([verified.status, JSON.parse(verified.stdout)]).toMatchObject([0, { intact: true }])
})

test('the CLI lets a person in at the centre, and out', async () => {
  const made = cli(
    'tokens',
    'create',
    '--name',
    'ada',
    '--grant',
    'operator:eu',
    'viewer',
    '--json',
    '--data',
    data,
  )
  const { id, token } = JSON.parse(made.stdout) as { id: string; token: string }
  const asAda = { ...process.env, PLIMSOLL_TOKEN: token }
  const rule = ['--kind', 'safetyStock', '--body', '{"quantity": 1}', '--reason', 'x', '--data', data]
  expect(cliWith(asAda, 'policies', 'propose', ...rule).stderr).toContain('operator in all regions')
  expect(cliWith(asAda, 'policies', 'propose', '--region', 'eu', ...rule).status).toBe(0)
  expect(cli('tokens', 'revoke', id, '--data', data).status).toBe(0)
  expect(cliWith(asAda, 'policies', 'list', '--data', data).status).toBe(1)
})

test('the CLI finds everything ready', () => {
  const { status, stdout } = cli('status', '--json', '--data', data)
  const { services } = JSON.parse(stdout) as { services: { service: string; ready: boolean }[] }
  expect(services.map(({ service }) => service)).toEqual(['edge', 'region-eu', 'region-us', 'centre'])
  expect({ status, ready: services.every(({ ready }) => ready) }).toEqual({ status: 0, ready: true })
})

test('a second start on the same ports says which is in use, in one line', async () => {
  const second = start(join(dir, 'second'))
  expect(await second.ended()).toBe(1)
  const line = second
    .errors()
    .split('\n')
    .find((text) => text.startsWith('plimsoll:'))
  expect(line).toBe(
    `plimsoll: port ${base} is in use, and the edge needs it: stop what holds it, or choose others by --port-base`,
  )
})

test('a second start on the same folder is refused', async () => {
  const second = start(data)
  expect(await second.ended()).toBe(1)
  expect(second.errors()).toMatch(/data is in use by another `npm start` \(process \d+\)/)
})

test('Ctrl-C stops all, and the next start goes on with what was kept', async () => {
  const keys = readKeys(data)
  expect(await system.stop('SIGINT')).toBe(0)
  expect(processesOf(data)).toEqual([])
  expect(await busyPorts(planPorts(base, REGIONS))).toEqual([])
  system = start(data)
  await system.ready()
  expect(readKeys(data)).toEqual(keys)
})

test('what a killed start left running is ended by the next, and SIGTERM stops all as well', async () => {
  system.killAlone()
  await system.ended()
  expect(processesOf(data).length).toBeGreaterThan(0)
  system = start(data)
  await system.ready()
  expect(system.output()).toMatch(/ended what an earlier start left running: .*region-eu/)
  expect(await system.stop('SIGTERM')).toBe(0)
  expect(processesOf(data)).toEqual([])
})

type Started = {
  readonly output: () => string
  readonly errors: () => string
  readonly ready: () => Promise<void>
  readonly ended: () => Promise<number | null>
  /** The supervisor dies, its children live on. */
  readonly killAlone: () => void
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>
}

/** In a process group of its own, as a terminal would have it. */
function start(dataDir: string): Started {
  const flags = ['--regions', REGIONS.join(','), '--port-base', String(base), '--data', dataDir]
  const child: ChildProcess = spawn(NODE, [join(ROOT, 'scripts', 'start', 'main.ts'), ...flags], {
    detached: true,
  })
  let output = ''
  let errors = ''
  child.stdout!.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr!.on('data', (bytes: Buffer) => (errors += bytes.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ended = (): Promise<number | null> =>
    Promise.race([exited, sleep(20_000).then(() => Promise.reject(new Error('it did not end')))])
  return {
    output: () => output,
    errors: () => errors,
    ended,
    ready: () =>
      until(async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output}${errors}`)
        return /^ready$/m.test(output)
      }, READY_MS_MAX),
    killAlone: () => void child.kill('SIGKILL'),
    stop: (signal) => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal)
      return ended()
    },
  }
}

type Said = { status: number | null; stdout: string; stderr: string }
const cliWith = (env: NodeJS.ProcessEnv, ...args: string[]): Said =>
  spawnSync(NODE, [join(ROOT, 'scripts', 'plimsoll.js'), ...args], { encoding: 'utf8', timeout: 20_000, env })
const cli = (...args: string[]): Said => cliWith(process.env, ...args)

/** Processes whose command line names the folder. */
const processesOf = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => commandLine(name).includes(folder))
    .map(Number)

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function freeBase(): Promise<number> {
  for (let candidate = 21_000; candidate < 60_000; candidate += 100) {
    if ((await busyPorts(planPorts(candidate, REGIONS))).length === 0) return candidate
  }
  throw new Error('no forty ports in a row are free')
}

async function until(holds: () => Promise<boolean>, msMax: number): Promise<void> {
  const deadline = performance.now() + msMax
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${msMax} ms`)
    await sleep(100)
  }
}
