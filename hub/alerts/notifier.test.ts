import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'
import { SmtpReceiver } from '../../tests/support/smtp-receiver.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import type { AlertMessage } from '../../shared/contract/alert-api.ts'
import { alert, alertDelivery, alertSilence, alertStep } from '../store/alert-tables.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { AlertReader } from '../store/read-alerts.ts'
import { AlertBook } from './alert-book.ts'
import { AlertConfig } from './alert-config.ts'
import type { Measure } from './alert-engine.ts'
import { RULES_DEFAULT } from './alert-rule.ts'
import { Notifier } from './notifier.ts'
import { alertmanager } from './outputs/alertmanager.ts'
import { email } from './outputs/email.ts'
import type { Output } from './outputs/output.ts'
import { webhook } from './outputs/webhook.ts'

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`
const SECOND = 1_000

type Request = { path: string; headers: Record<string, unknown>; body: string }
const requests: Request[] = []
/** What the receiver answers, in turn; 204 when nothing is left. */
let answers: number[] = []
let http: Server
let url = ''
let smtp: SmtpReceiver
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-notifier-'))
let db: Database
let close: () => Promise<void>

const clock = { at: Date.parse('2026-11-26T10:00:00.000Z'), now: () => clock.at }
const config = AlertConfig.parse({
  groupForMs: 5 * SECOND,
  repeatEveryMs: 3_600 * SECOND,
  owners: { 'negative-ats': 'ada' },
})

beforeAll(async () => {
  http = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      requests.push({ path: request.url!, headers: request.headers, body })
      response.writeHead(answers.shift() ?? 204).end()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as { port: number }).port}`
  smtp = await SmtpReceiver.start()
  const opened = await openDatabase({ dataDir: folder })
  db = opened.db
  close = opened.close
}, 60_000)

afterAll(async () => {
  await new Promise((resolve) => http.close(resolve))
  await smtp.stop()
  await close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  requests.length = 0
  smtp.letters.length = 0
  answers = []
  for (const table of [alert, alertStep, alertSilence, alertDelivery]) await db.delete(table)
})

function notifying(...outputs: Output[]) {
  const reader = new AlertReader(db, RULES_DEFAULT)
  const log = pino({ level: 'silent' })
  const notifier = new Notifier({ db, clock, random: seededRandom('test'), log, config, reader, outputs })
  const book = new AlertBook({ db, clock, owners: config.owners })
  const after = async (ms: number): Promise<void> => {
    clock.at += ms
    await notifier.gather()
    await notifier.send()
  }
  return { book, reader, notifier, after }
}
const short = (subject: string): Measure => ({
  kind: 'negative-ats',
  region: 'eu',
  subject,
  level: 2,
  summary: `2 of ${subject} are promised beyond what lies there`,
  labels: { sku: subject },
})
const fired = (subject: string) => ({
  what: 'fired' as const,
  measure: short(subject),
  severity: 'critical' as const,
})
const over = (subject: string) => ({ ...fired(subject), what: 'resolved' as const })
const bodies = (): AlertMessage[] => requests.map(({ body }) => JSON.parse(body) as AlertMessage)

describe('a webhook', () => {
  const hook = () => webhook({ name: 'hook', url: `${url}/hook`, secret: SECRET })

  test('is signed as Standard Webhooks has it, over the very bytes that are sent', async () => {
    const { book, after } = notifying(hook())
    await book.record([fired('X')])
    await after(5 * SECOND)
    const [{ headers, body }] = requests as [Request]
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(SECRET.slice(6), 'base64')
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    )
    expect(Number(headers['webhook-timestamp'])).toBe(Math.floor(clock.at / 1000))
    expect(JSON.parse(body)).toMatchObject({
      type: 'plimsoll.alerts',
      group: 'negative-ats/eu',
      status: 'firing',
      alerts: [
        { kind: 'negative-ats', subject: 'X', severity: 'critical', owner: 'ada', runbook: 'negative-ats' },
      ],
    })
  })

  test('tells in one message what changed together in a group, and waits for it', async () => {
    const { book, after } = notifying(hook())
    await book.record([fired('X')])
    await after(3 * SECOND)
    expect(requests).toHaveLength(0)
    await book.record([fired('Y')])
    await after(2 * SECOND)
    expect(bodies().map(({ alerts }) => alerts.map(({ subject }) => subject).sort())).toEqual([['X', 'Y']])
    await after(60 * SECOND)
    expect(requests).toHaveLength(1)
  })

  test('that is not taken is sent again under the same id, later and later, until it is', async () => {
    const { book, after } = notifying(hook())
    answers = [500, 429, 302]
    await book.record([fired('X')])
    await after(5 * SECOND)
    await after(0)
    expect(requests).toHaveLength(1)
    for (let i = 0; i < 3; i++) await after(10 * SECOND)
    expect(requests).toHaveLength(4)
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const [delivery] = await db.select().from(alertDelivery)
    expect(delivery).toMatchObject({ state: 'sent', attempts: 4, error: null })
  })

  test('that is never taken is given up, and said to be', async () => {
    const { book, after } = notifying(webhook({ name: 'hook', url: 'http://127.0.0.1:9/', secret: SECRET }))
    await book.record([fired('X')])
    await after(5 * SECOND)
    for (let i = 0; i < 25; i++) await after(301 * SECOND)
    const [first] = await db.select().from(alertDelivery).orderBy(alertDelivery.id)
    expect(first).toMatchObject({ state: 'dead', attempts: 20, nextAt: null })
    expect(first!.error).toMatch(/fetch failed/)
  })

  test('tells that it is over, but only to whom it was told that it began', async () => {
    const { book, after } = notifying(hook())
    await book.record([fired('X')])
    await after(5 * SECOND)
    await book.record([over('X')])
    await after(5 * SECOND)
    expect(bodies().map(({ status }) => status)).toEqual(['firing', 'resolved'])
  })
})

describe('people', () => {
  const hook = () => webhook({ name: 'hook', url: `${url}/hook`, secret: SECRET })
  const idOf = async (): Promise<string> => (await db.select().from(alert))[0]!.id

  test('are told again of what still fires, unless somebody has acknowledged it', async () => {
    const { book, after } = notifying(hook())
    await book.record([fired('X')])
    await after(5 * SECOND)
    await after(3_601 * SECOND)
    expect(requests).toHaveLength(2)
    await book.acknowledge(await idOf(), 'ben', 'on it')
    await after(3_601 * SECOND)
    expect(requests).toHaveLength(2)
  })

  test('are not told of what is silenced until the silence ends, if it still fires then', async () => {
    const { book, reader, after } = notifying(hook())
    await book.addSilence(
      { kind: 'negative-ats', region: 'eu', subject: null, minutes: 10, reason: 'stocktaking' },
      'ben',
    )
    await book.record([fired('X'), fired('Y')])
    await after(10 * SECOND)
    expect(requests).toHaveLength(0)
    expect((await reader.list({ limit: 9 }, clock.at)).alerts.map((it) => it.silencedUntil)).not.toContain(
      null,
    )
    await book.record([over('Y')])
    await after(601 * SECOND)
    expect(bodies().map(({ alerts }) => alerts.map(({ subject }) => subject))).toEqual([['X']])
  })

  test('leave a trace of what they did', async () => {
    const { book, reader } = notifying()
    await book.record([fired('X')])
    const id = await idOf()
    await book.own(id, 'ben', 'cleo')
    await book.acknowledge(id, 'cleo', 'seen')
    await book.silence(id, 'cleo', 30, 'known')
    await book.record([over('X')])
    const found = (await reader.read(id, clock.at))!
    expect(found).toMatchObject({
      state: 'resolved',
      owner: 'cleo',
      acknowledged: { by: 'cleo', note: 'seen' },
    })
    expect(found.history.map(({ what, by }) => `${what} by ${by}`)).toEqual([
      'fired by centre',
      'owned by ben',
      'acknowledged by cleo',
      'silenced by cleo',
      'resolved by centre',
    ])
  })
})

test('an Alertmanager gets alerts that keep their labels from their beginning to their end', async () => {
  const { book, after } = notifying(alertmanager({ name: 'am', url: `${url}/am/` }, 'https://hub.test'))
  await book.record([fired('X')])
  await after(5 * SECOND)
  await book.record([over('X')])
  await after(5 * SECOND)
  expect(requests.map(({ path }) => path)).toEqual(['/am/api/v2/alerts', '/am/api/v2/alerts'])
  const [begun, ended] = requests.map(({ body }) => (JSON.parse(body) as [Record<string, unknown>])[0])
  expect(begun).toMatchObject({
    labels: { alertname: 'plimsoll-negative-ats', region: 'eu', subject: 'X' },
    annotations: {
      summary: expect.stringContaining('2 of X'),
      runbook: 'https://hub.test/runbooks/negative-ats',
    },
  })
  expect(begun).not.toHaveProperty('endsAt')
  expect(ended).toMatchObject({
    labels: begun!['labels'],
    startsAt: begun!['startsAt'],
    endsAt: expect.any(String),
  })
})

test('a letter says what, where, since when and what to do; a server that asks to come again gets it later', async () => {
  const address = { name: 'mail', host: '127.0.0.1', port: smtp.port, secure: false }
  const mail = email(
    { ...address, from: 'hub@plimsoll.test', to: ['ada@plimsoll.test', 'ben@plimsoll.test'] },
    null,
  )
  const { book, after } = notifying(mail)
  smtp.refusals = 1
  await book.record([fired('X')])
  await after(5 * SECOND)
  expect(smtp.letters).toHaveLength(0)
  await after(10 * SECOND)
  await eventually(async () => smtp.letters.length === 1)
  const [letter] = smtp.letters
  expect(letter).toMatchObject({ from: 'hub@plimsoll.test', to: ['ada@plimsoll.test', 'ben@plimsoll.test'] })
  expect(letter!.text).toMatch(/Subject: \[critical\] 2 of X are promised/)
  expect(letter!.text).toMatch(/looked after by ada/)
  expect(letter!.text).toMatch(/what to do: runbook negative-ats/)
})
