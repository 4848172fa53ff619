import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import type { ExceptionRecord } from '../shared/contract/exceptions.ts'
import type { CountReport, HeartbeatReport } from '../shared/contract/reports.ts'
import { exceptionsSubject, reportsSubject, STREAMS } from '../shared/contract/subjects.ts'
import { type Bus, connectBus, ensureStream } from '../shared/node/nats.ts'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { CHROMIUM, CHROMIUM_ARGS } from '../tests/support/chromium.ts'
import { type NatsServer, startCentral, startLeaf } from '../tests/support/nats-servers.ts'

const KEY = CentreProcess.key
const HEARTBEAT_EVERY_MS = 500

describe.skipIf(!existsSync(CHROMIUM))(
  `the console in Chromium (skipped where ${CHROMIUM} is missing)`,
  () => {
    let folder = ''
    let [central, leaf]: (NatsServer | null)[] = [null, null]
    let [centre, browser, bus]: [CentreProcess | null, Browser | null, Bus | null] = [null, null, null]
    let url = ''
    let factsApplied = 1_000
    let heartbeats: NodeJS.Timeout | undefined

    const publish = (subject: string, content: unknown) => bus!.js.publish(subject, JSON.stringify(content))

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'plimsoll-console-'))
      central = await startCentral()
      leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
      bus = await connectBus('console-test', { servers: [leaf.url] })
      for (const [name, { subjects }] of Object.entries(STREAMS))
        await ensureStream(bus, { name, subjects: subjects('eu') })
      centre = await CentreProcess.start({
        folder,
        nats: central.url,
        regions: [{ region: 'eu', apiUrl: 'http://127.0.0.1:9', apiKey: 'no-region-api-in-this-test' }],
      })
      url = centre.url
      heartbeats = setInterval(
        () => void publish(reportsSubject('eu', 'heartbeat'), heartbeat(factsApplied)).catch(() => {}),
        HEARTBEAT_EVERY_MS,
      )
      await publish(
        reportsSubject('eu', 'counts'),
        counted({ sku: 'BOLT-M8-40', counted: 968, ledger: 1_000 }),
      )
      await publish(exceptionsSubject('eu', 'inbound'), unknownCode('x-1', 'ACM-7781-B'))
      browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS })
    })

    afterAll(async () => {
      clearInterval(heartbeats)
      await browser?.close()
      await centre?.stop()
      await bus?.close()
      await leaf?.stop()
      await central?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('a wrong key is refused in words, and the right one shows what the region says, live', async () => {
      const { context, page, troubles, addresses } = await newPage(browser!)
      await page.goto(url)
      await page.getByLabel('Key').fill('not-the-key')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').filter({ hasText: 'not accepted' }).waitFor()
      expect(await seriousOf(page)).toEqual([])
      await page.getByLabel('Key').fill(KEY)
      await page.getByRole('button', { name: 'Sign in' }).click()

      const card = page.locator('[data-region="eu"]')
      await card.filter({ hasText: '1,000' }).filter({ hasText: 'wms-ber1' }).waitFor()
      await card.locator('[data-link="live"]').waitFor()
      await card.filter({ hasText: '32 units' }).waitFor()
      const variances = page.getByRole('region', { name: 'Open variances' })
      const exceptions = page.getByRole('region', { name: 'Open exceptions' })
      await variances.getByRole('row').filter({ hasText: 'BOLT-M8-40' }).filter({ hasText: '−32' }).waitFor()
      await exceptions.getByRole('row').filter({ hasText: 'ACM-7781-B' }).waitFor()
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()

      await page.evaluate('globalThis.isSameLoad = true')
      factsApplied = 2_345
      await publish(reportsSubject('eu', 'counts'), counted({ sku: 'SEAL-22', counted: 17, ledger: 12 }))
      await publish(exceptionsSubject('eu', 'inbound'), unknownCode('x-2', 'ACM-9000-C'))
      await card.filter({ hasText: '2,345' }).waitFor()
      await variances.getByRole('row').filter({ hasText: 'SEAL-22' }).filter({ hasText: '+5' }).waitFor()
      await exceptions.getByRole('row').filter({ hasText: 'ACM-9000-C' }).waitFor()
      expect(await page.evaluate('globalThis.isSameLoad')).toBe(true)

      expect(await seriousOf(page)).toEqual([])
      expect(troubles.filter((text) => !text.includes('401'))).toEqual([])
      expect(addresses.filter((address) => !address.startsWith(url))).toEqual([])
      await context.close()
    })

    test('a link with the key signs in, and keeps the key out of the address', async () => {
      const { context, page } = await newPage(browser!)
      await page.goto(`${url}/#key=${KEY}`)
      await page.locator('[data-region="eu"]').waitFor()
      expect(page.url()).toBe(`${url}/`)

      await page.reload()
      await page.locator('[data-region="eu"]').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Key').waitFor()
      await page.reload()
      await page.getByLabel('Key').waitFor()
      await context.close()
    })

    test('it is also sound in the dark and on a small screen', async () => {
      const { context, page } = await newPage(browser!, {
        colorScheme: 'dark',
        viewport: { width: 360, height: 740 },
      })
      await page.goto(`${url}/#key=${KEY}`)
      await page.getByRole('region', { name: 'Open variances' }).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      expect(await seriousOf(page)).toEqual([])
      await context.close()
    })
  },
)

async function newPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{
  context: BrowserContext
  page: Page
  troubles: string[]
  addresses: string[]
}> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const [troubles, addresses]: string[][] = [[], []]
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles!.push(message.text())
  })
  page.on('pageerror', (error) => troubles!.push(error.message))
  page.on('request', (request) => addresses!.push(request.url()))
  return { context, page, troubles: troubles!, addresses: addresses! }
}

async function seriousOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

const now = (): string => new Date().toISOString()

const heartbeat = (factsApplied: number) =>
  ({
    kind: 'heartbeat',
    region: 'eu',
    at: now(),
    epoch: 1,
    journalSequence: factsApplied,
    factsApplied,
    factsDuplicate: 7,
    factsBehind: 0,
    exceptionsOpen: 1,
    skus: 2,
    edge: { version: 41, acknowledgedAt: now(), dirtySkus: 0, eventsIn: 0, rowsOut: 9 },
    sources: [
      {
        source: 'wms-ber1',
        role: 'wms',
        facts: factsApplied,
        lastFactAt: now(),
        highestSequence: factsApplied,
        missing: [],
        heardAt: now(),
        condition: 'fresh',
      },
    ],
  }) satisfies z.input<typeof HeartbeatReport>

/** By an observer: an owner's count would correct the ledger, and leave nothing open. */
const counted = (count: { sku: string; counted: number; ledger: number }) =>
  ({
    kind: 'counts',
    region: 'eu',
    at: now(),
    counts: [
      {
        ...count,
        source: 'erp-eu',
        node: 'ber1',
        state: 'onHand',
        asOf: new Date(Date.now() - 3_600_000).toISOString(),
        standing: 'observer',
        value: 1_250,
      },
    ],
  }) satisfies z.input<typeof CountReport>

const unknownCode = (id: string, code: string) =>
  ({
    id,
    at: now(),
    stage: 'inbound',
    source: 'edi-acme',
    class: 'unknown-code',
    code: 'unknown-code',
    detail: `The code ${code} of edi-acme is mapped to no sku.`,
    attempts: 1,
    status: 'open',
    correlationId: `correlation-${id}`,
    contentType: 'application/json',
    body: Buffer.from('{}').toString('base64'),
  }) satisfies ExceptionRecord
