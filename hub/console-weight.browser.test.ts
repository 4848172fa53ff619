import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatInstant } from '../shared/kernel/clock.ts'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { ConsoleBrowser, type Sitting } from '../tests/support/console-browser.ts'
import { ConsoleWorld } from '../tests/support/console-world.ts'
import { eventually } from '../tests/support/eventually.ts'
import { RegionProcess } from '../tests/support/region-process.ts'

/** All that the first visit of a page moves over the network: page, scripts, styles and data. */
const PAGE_BYTES_MAX = 300_000
/** What the live stream sends meanwhile is counted, too. */
const SETTLED_AFTER_MS = 2_500
const FACTS = 1_200
const PAGES = [
  '/',
  '/skus',
  '/skus/SKU-1?region=eu',
  '/orders',
  '/exceptions',
  '/sources?region=eu',
  '/feeds',
  '/reconciliation?state=any',
  '/trends?hours=1',
  '/alerts',
  '/policies',
  '/policies/new',
  '/audit',
  '/access',
  '/runbooks',
  '/runbooks/variances',
]

describe.skipIf(!ConsoleBrowser.isHere)('what the console weighs (skipped without Chromium)', () => {
  let world: ConsoleWorld
  let browser: ConsoleBrowser

  beforeAll(async () => {
    world = await ConsoleWorld.start()
    browser = await ConsoleBrowser.launch()
    const { region } = world
    await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
    await region.put('/v1/sources/erp-eu', { role: 'erp' })
    await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
    const skus = Array.from({ length: 100 }, (_, i) => ({ sku: `SKU-${i}`, value: 100 }))
    await region.call('/v1/items:batch', { json: skus })
    const events = Array.from({ length: FACTS }, (_, i) => ({
      specversion: '1.0',
      id: `e${i}`,
      source: i % 12 === 0 ? 'erp-eu' : 'wms-ber1',
      type: `plimsoll.stock.${i % 12 === 0 ? 'counted' : 'received'}`,
      time: formatInstant(Date.now() - 60_000 + i),
      subject: `SKU-${i % 100}`,
      data:
        i % 12 === 0
          ? { node: 'ber1', states: { onHand: 1 }, asOf: formatInstant(Date.now() - 60_000 + i) }
          : { node: 'ber1', quantity: 5 },
    }))
    const contentType = 'application/cloudevents-batch+json'
    for (let at = 0; at < FACTS; at += 200)
      await region.call('/v1/events', { json: events.slice(at, at + 200), contentType })
    await eventually(
      async () =>
        (await world.centre.get<{ variances: object[] }>('/v1/variances?state=open')).variances.length >= 20,
      30_000,
    )
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  test.each(PAGES)('%s moves less than 300 kB, everything counted', async (path) => {
    const sitting = await browser.open()
    const moved = await bytesMoved(sitting)
    await sitting.show(world.centre.url, path, CentreProcess.key)
    await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER_MS))
    expect(moved()).toBeGreaterThan(50_000)
    expect(moved()).toBeLessThan(PAGE_BYTES_MAX)
    await sitting.context.close()
  })

  test('a region’s own console is as light', async () => {
    const sitting = await browser.open()
    const moved = await bytesMoved(sitting)
    await sitting.show(world.region.url, '/sources', RegionProcess.key)
    await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER_MS))
    expect(moved()).toBeGreaterThan(50_000)
    expect(moved()).toBeLessThan(PAGE_BYTES_MAX)
    await sitting.context.close()
  })

  test('assets come packed, are kept for ever by their names, and are not sent twice', async () => {
    for (const url of [world.centre.url, world.region.url]) {
      const page = await fetch(url, { headers: { accept: 'text/html' } })
      const tag = page.headers.get('etag')!
      const again = await fetch(url, { headers: { accept: 'text/html', 'if-none-match': tag } })
      expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'no-cache'])
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())![1]!
      const forms = new Map<string, number>()
      for (const encoding of ['br', 'gzip', 'identity']) {
        const { status, headers } = await fetch(url + script, { headers: { 'accept-encoding': encoding } })
        expect(status).toBe(200)
        expect(headers.get('content-encoding') ?? 'identity').toBe(encoding)
        expect(headers.get('cache-control')).toContain('immutable')
        expect(headers.get('vary')).toContain('accept-encoding')
        forms.set(encoding, Number(headers.get('content-length')))
        const etag = headers.get('etag')!
        const known = await fetch(url + script, {
          headers: { 'accept-encoding': encoding, 'if-none-match': etag },
        })
        expect(known.status).toBe(304)
      }
      expect(forms.get('br')!).toBeLessThan(forms.get('gzip')!)
      expect(forms.get('gzip')!).toBeLessThan(forms.get('identity')! / 2)
    }
  })
})

/** Counts what comes over the network, as it is on the wire, with its headers. */
async function bytesMoved({ page, context }: Pick<Sitting, 'page' | 'context'>): Promise<() => number> {
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  let bytes = 0
  const done = new Set<string>()
  // The live stream never ends: of what has not ended the pieces are counted.
  const pieces = new Map<string, number>()
  network.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    pieces.set(requestId, (pieces.get(requestId) ?? 0) + encodedDataLength)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    done.add(requestId)
    bytes += encodedDataLength
  })
  return () => [...pieces].reduce((sum, [id, it]) => (done.has(id) ? sum : sum + it), bytes)
}
