import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { ConsoleBrowser, faultsOf, keepPicture } from '../tests/support/console-browser.ts'
import { type NatsServer, startCentral, startLeaf } from '../tests/support/nats-servers.ts'
import { RegionProcess } from '../tests/support/region-process.ts'

const PAGE_BYTES_MAX = 300_000
const PAINTED_WITHIN_MS = 1_000
const VISITS_MAX = 4
const LONE = { specversion: '1.0', source: 'wms-ber1', time: '2026-11-20T10:00:00Z' }

describe.skipIf(!ConsoleBrowser.isHere)('a region looked at in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-console-region-'))
  let [central, leaf]: (NatsServer | null)[] = [null, null]
  let region: RegionProcess
  let [centre, browser]: [CentreProcess | null, ConsoleBrowser | null] = [null, null]

  const tell = (event: Record<string, unknown>) =>
    region.call('/v1/events', {
      json: { ...LONE, ...event },
      contentType: 'application/cloudevents+json',
    })

  beforeAll(async () => {
    central = await startCentral()
    leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
    region = new RegionProcess({ region: 'eu', folder, nats: leaf.url })
    await region.start()
    await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
    await region.put('/v1/sources/wms-ber1', { role: 'wms' })
    await region.put('/v1/items/BOLT', { uoms: { CASE: 12 } })
    await tell({
      id: 'r-1',
      type: 'plimsoll.stock.received',
      subject: 'BOLT',
      sequence: 1,
      data: { node: 'ber1', quantity: 40 },
    })
    await tell({
      id: 'r-4',
      type: 'plimsoll.stock.received',
      subject: 'BOLT',
      sequence: 4,
      data: { node: 'ber1', quantity: 2 },
    })
    await region.call('/v1/inbound/wms-ber1', {
      json: {
        ...LONE,
        id: 'u-1',
        type: 'plimsoll.stock.received',
        subject: 'NUT',
        data: { node: 'ber1', quantity: 7 },
      },
      contentType: 'application/cloudevents+json',
    })
    await region.call('/v1/orders', {
      json: { orderRef: 'web:7', channel: 'web', lines: [{ line: '1', sku: 'BOLT', quantity: 5 }] },
    })
    browser = await ConsoleBrowser.launch()
  })
  afterAll(async () => {
    await browser?.close()
    await centre?.stop()
    await region?.stop()
    await leaf?.stop()
    await central?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('with no centre anywhere: a sku is found, its figure explained, and what happened to it told', async () => {
    const { context, page, troubles } = await browser!.sit(region.url, '/', RegionProcess.key)
    await page.getByLabel('Sku').fill('BOLT')
    await page.getByRole('button', { name: 'Open' }).click()
    const positions = page.getByRole('region', { name: /Positions/ })
    await positions.getByRole('row', { name: /ber1/ }).filter({ hasText: '42' }).waitFor()
    await page.getByText('37 to sell').waitFor()
    await page.getByText('42 on hand').waitFor()
    await page.getByLabel('Channel').fill('web')
    await page.getByLabel('Channel').press('Enter')
    await page.getByText('37 to sell by web').waitFor()
    expect(page.url()).toContain('channel=web')
    const timeline = page.getByRole('region', { name: /Timeline/ })
    await timeline.getByRole('row').filter({ hasText: 'onHand +40 at ber1' }).waitFor()
    await timeline.getByRole('row').filter({ hasText: 'reserved +5' }).first().waitFor()
    expect(await faultsOf(page)).toEqual([])
    await keepPicture(page, 'sku')

    // What happens meanwhile is seen without asking again.
    await page.setViewportSize({ width: 1280, height: 860 })
    await tell({
      id: 'r-5',
      type: 'plimsoll.stock.received',
      subject: 'BOLT',
      data: { node: 'ber1', quantity: 100 },
    })
    await page.getByText('137 to sell by web').waitFor()
    await page.reload()
    await page.getByText('137 to sell by web').waitFor()
    expect(troubles.filter((text) => !text.includes('401'))).toEqual([])
    await context.close()
  })

  test('an order is followed to its nodes and through the journal, and given up', async () => {
    const { context, page } = await browser!.sit(region.url, '/orders', RegionProcess.key)
    await page.getByLabel('Order').fill('web:7')
    await page.getByRole('button', { name: 'Open' }).first().click()
    await page.getByRole('region', { name: /Lines/ }).getByText('5 by ber1').waitFor()
    await page
      .getByRole('region', { name: /Timeline/ })
      .getByText('order.accepted')
      .waitFor()
    expect(await faultsOf(page)).toEqual([])
    await keepPicture(page, 'order')
    await page.setViewportSize({ width: 1280, height: 860 })
    await page
      .getByRole('link', { name: /[0-9a-f-]{20,}/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'What came of it' }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByText('Order of web, cancelled').waitFor()
    await context.close()
  })

  test('what could not count is read, tried again when its item is known, and counts', async () => {
    const { context, page } = await browser!.sit(region.url, '/exceptions', RegionProcess.key)
    const row = page.getByRole('row').filter({ hasText: 'NUT' })
    await row.waitFor()
    await page.getByRole('button', { name: 'See how many would count' }).click()
    await page.getByText('Nothing was changed: 0 of 1 would count.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 860 })
    await row.getByRole('link').click()
    await page.getByText('"quantity": 7').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await keepPicture(page, 'exception')
    await page.setViewportSize({ width: 1280, height: 860 })
    await page.getByText('it replays by itself').waitFor()
    await page.getByRole('button', { name: 'See what a replay would do' }).click()
    await page.getByRole('status').filter({ hasText: 'A replay would be refused again' }).waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('status').filter({ hasText: 'NUT' }).waitFor()
    await region.put('/v1/items/NUT', {})
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'It is replayed' }).waitFor()
    await context.close()
  })

  test('sources show what is missing of their counters, and how long their facts take', async () => {
    const { context, page } = await browser!.sit(region.url, '/sources', RegionProcess.key)
    const row = page.getByRole('region', { name: /^Sources/ }).getByRole('row', { name: /wms-ber1/ })
    await row.filter({ hasText: '2–3' }).filter({ hasText: 'fresh' }).waitFor()
    await page.getByRole('heading', { name: 'How long changes take to the edge' }).waitFor()
    const delays = page.getByRole('region', { name: 'How long facts take' }).last()
    await delays
      .getByRole('row', { name: /wms-ber1/ })
      .filter({ hasText: 'days' })
      .waitFor()
    expect(await faultsOf(page)).toEqual([])
    await context.close()
  })

  test('a discarded letter that would count by now is told so, and asking changes nothing', async () => {
    await tell({
      id: 'd-1',
      type: 'plimsoll.stock.received',
      subject: 'GEAR',
      data: { node: 'ber1', quantity: 3 },
    })
    const { body } = await region.call<{ exceptions: { id: string; detail: string }[] }>(
      '/v1/exceptions?status=open',
    )
    const path = `/v1/exceptions/${encodeURIComponent(body.exceptions[0]!.id)}`
    const post = (to: string) => region.call(to, { method: 'POST' })
    expect((await post(`${path}/discard`)).body).toMatchObject({ status: 'discarded' })
    await region.put('/v1/items/GEAR', {})
    const onHand = async () =>
      (await region.call<{ totals: { onHand: number } }>('/v1/positions/GEAR')).body.totals.onHand
    expect((await post(`${path}/replay?dryRun=true`)).body).toMatchObject({
      status: 'discarded',
      trial: { outcome: 'would-count', facts: 1 },
    })
    expect((await region.call<{ attempts: number }>(path)).body.attempts).toBe(1)
    expect(await onHand()).toBe(0)
    expect((await post(`${path}/replay`)).body).toMatchObject({ status: 'replayed' })
    expect(await onHand()).toBe(3)
    expect((await post(`${path}/replay?dryRum=true`)).status).toBe(400)
  })

  test('the centre shows the same of the region, by its own key for it', async () => {
    const regions = [{ region: 'eu', apiUrl: region.url, apiKey: RegionProcess.key }]
    centre = await CentreProcess.start({ folder, nats: central!.url, regions })
    const { context, page } = await browser!.sit(centre.url, '/skus/BOLT?region=eu', CentreProcess.key)
    await page.getByRole('row', { name: /ber1/ }).filter({ hasText: '142' }).waitFor()
    await context.close()
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${centre!.url}/v1/regions/eu/api${path}`, {
        ...init,
        headers: { authorization: `Bearer ${CentreProcess.key}` },
      })
    expect((await ask('/v1/positions/NOBODY')).status).toBe(404)
    const policy = { method: 'POST', body: '{}' }
    expect((await ask('/v1/policies/safetyStock/*', policy)).status, 'that is not passed on').toBe(404)
    expect((await ask('/metrics')).status).toBe(404)
    expect((await fetch(`${centre.url}/v1/regions/eu/api/v1/sources`)).status).toBe(401)
  })

  /** By somebody who was never here: nothing is cached. */
  async function visit(path: string): Promise<{ bytes: number; paintedMs: number }> {
    const { context, page } = await browser!.sit(centre!.url, path, CentreProcess.key)
    const [bytes, paintedMs] = (await page.evaluate(`[
      [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
        .reduce((sum, { transferSize }) => sum + transferSize, 0),
      performance.getEntriesByName('first-contentful-paint')[0].startTime,
    ]`)) as [number, number]
    await context.close()
    return { bytes, paintedMs }
  }

  test.each([
    '/',
    '/skus/BOLT',
    '/orders/web:7',
    '/exceptions',
    '/sources',
    '/feeds',
    '/trace/none',
    '/reconciliation',
    '/alerts',
    '/policies/new?kind=allocation',
    '/runbooks/exceptions',
    '/audit',
    '/access',
  ])(
    'the page %s transfers less than 300 kB, its data included, and is painted within a second',
    async (path) => {
      const visits = [await visit(path)]
      // Whatever else the machine does at that moment is none of the page's: it may be looked at anew.
      while (visits.at(-1)!.paintedMs >= PAINTED_WITHIN_MS && visits.length < VISITS_MAX)
        visits.push(await visit(path))
      expect(visits[0]!.bytes).toBeGreaterThan(50_000)
      expect(visits[0]!.bytes).toBeLessThan(PAGE_BYTES_MAX)
      expect(Math.min(...visits.map(({ paintedMs }) => paintedMs))).toBeLessThan(PAINTED_WITHIN_MS)
    },
  )
})
