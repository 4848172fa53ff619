import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endChild } from '../child.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'

const run = promisify(execFile)

const BINARY = '/usr/bin/trytond'
const MODULES = ['stock', 'stock_lot', 'sale', 'product_kit', 'purchase']
const PACKAGES = ['server', ...MODULES.map((name) => `modules-${name.replace('_', '-')}`)].map(
  (name) => `tryton-${name}`,
)
const DATABASE = 'erp'
const ADMIN_PASSWORD = 'the-erp-password-of-tests'
/** Making a database installs a dozen modules: 25 s on two cores, and more on a busy machine. */
const INITIALISED_WITHIN_MS = 300_000
const UP_WITHIN_MS = 60_000

/** What a test without Tryton is called, so that a skipped one says how to have it run. */
export const WITHOUT_TRYTON = `(skipped where Tryton is missing: apt-get install ${PACKAGES.join(' ')})`

export const hasTryton = (): boolean => existsSync(BINARY)

/** A real Tryton on SQLite, with an empty company, on a port and in a folder of its own; ended by its process. */
export class TrytonServer {
  readonly url: string
  readonly connection
  readonly #folder: string
  readonly #port: number
  #child: ChildProcess | null = null

  static async start(): Promise<TrytonServer> {
    const seed = await initialisedDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tryton-'))
    const server = new TrytonServer(folder, await freePort())
    mkdirSync(join(folder, 'db'))
    copyFileSync(seed, join(folder, 'db', `${DATABASE}.sqlite`))
    await server.restart()
    return server
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.connection = {
      url: this.url,
      database: DATABASE,
      user: 'admin',
      password: ADMIN_PASSWORD,
      answerWithinMs: 30_000,
    }
  }

  /** Starts it, or ends it and starts it again on the same port and data. */
  async restart(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
    const config = writeConfig(this.#folder, this.#port)
    this.#child = spawn(BINARY, ['-c', config, '-d', DATABASE], { stdio: 'ignore' })
    // Loading the modules takes a while after the port is open: the first login waits for it.
    await eventually(async () => (await this.#login()).ok, UP_WITHIN_MS, 100)
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #login(): Promise<Response> {
    return fetch(`${this.url}/${DATABASE}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 0,
        method: 'common.db.login',
        params: ['admin', { password: ADMIN_PASSWORD }],
      }),
      signal: AbortSignal.timeout(UP_WITHIN_MS),
    })
  }
}

/** A database with the modules installed, made once per version of the packages and kept. */
async function initialisedDatabase(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plimsoll', 'tryton')
  const file = join(cache, `${await versionKey()}.sqlite`)
  if (existsSync(file)) return file
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'making-'))
  try {
    const made = await makeDatabase(folder)
    renameSync(made, file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return file
}

async function makeDatabase(folder: string): Promise<string> {
  const file = join(folder, 'db', `${DATABASE}.sqlite`)
  mkdirSync(join(folder, 'db'))
  writeFileSync(file, '') // Tryton makes no SQLite database by itself.
  const password = join(folder, 'password')
  writeFileSync(password, ADMIN_PASSWORD, { mode: 0o600 })
  const config = writeConfig(folder, 0)
  const admin = (...args: string[]) =>
    run('trytond-admin', ['-c', config, '-d', DATABASE, ...args], {
      env: { ...process.env, TRYTONPASSFILE: password },
      timeout: INITIALISED_WITHIN_MS,
    })
  await admin('--all', '-l', 'en', '--email', 'admin@example.org')
  await admin('-u', ...MODULES, '--activate-dependencies')
  return file
}

/** The packages' versions, and what is ours in the database. */
async function versionKey(): Promise<string> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package}=${Version}\n', 'tryton-*'])
  const digest = createHash('sha256').update(`${stdout}${MODULES.join()}${ADMIN_PASSWORD}`).digest('hex')
  return digest.slice(0, 16)
}

function writeConfig(folder: string, port: number): string {
  const file = join(folder, 'trytond.conf')
  writeFileSync(
    file,
    `[web]\nlisten = 127.0.0.1:${port}\n[database]\nuri = sqlite://\npath = ${join(folder, 'db')}\n` +
      `[session]\nauthentications = password\nsuper_pwd = ${randomBytes(16).toString('hex')}\n`,
  )
  return file
}
