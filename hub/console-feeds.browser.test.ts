import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { ChannelReceiver } from '../tests/support/channel-receiver.ts'
import { ConsoleBrowser, faultsOf, keepPicture } from '../tests/support/console-browser.ts'
import { ConsoleWorld } from '../tests/support/console-world.ts'

const SECRET = `whsec_${Buffer.from('a secret of 32 bytes for testing').toString('base64')}`

describe.skipIf(!ConsoleBrowser.isHere)('feeds looked at in Chromium', () => {
  let world: ConsoleWorld
  let [shop, market]: (ChannelReceiver | null)[] = [null, null]

  beforeAll(async () => {
    shop = await ChannelReceiver.start()
    market = await ChannelReceiver.start()
    market.answer = () => ({ status: 401, body: 'the key has expired' })
    const feed = { kind: 'webhook', secret: SECRET }
    const feeds = [
      { ...feed, channel: 'shop', url: shop.url },
      { ...feed, channel: 'market', url: market.url },
    ]
    world = await ConsoleWorld.start({ region: { feeds } })
    await world.region.put('/v1/nodes/ber1', { source: 'wms' })
    await world.region.put('/v1/sources/wms', { role: 'wms' })
    await world.region.put('/v1/items/BOLT', {})
    await world.tell('wms', 'received', 'BOLT', Date.now(), { quantity: 40 })
  })
  afterAll(async () => {
    await world?.stop()
    await Promise.all([shop?.stop(), market?.stop()])
  })

  test('a channel that does not take its figures is seen with its reason, and filters stay in the address', async () => {
    const { context, page, troubles } = await world.sit('ada', '/feeds')
    const feeds = page.getByRole('region', { name: /^Feeds/ })
    const failing = feeds.getByRole('row', { name: /^market/ })
    await failing.filter({ hasText: 'down' }).filter({ hasText: 'HTTP 401 the key has expired' }).waitFor()
    await feeds.getByRole('row', { name: /^shop/ }).filter({ hasText: 'ok' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await keepPicture(page, 'feeds')
    await page.setViewportSize({ width: 1280, height: 860 })
    await page.getByLabel('State').selectOption('down')
    await feeds.getByRole('row', { name: /^shop/ }).waitFor({ state: 'detached' })
    expect(page.url()).toContain('state=down')
    await page.reload()
    await failing.waitFor()
    expect(await feeds.getByRole('row', { name: /^shop/ }).count()).toBe(0)
    expect(troubles.filter((text) => !text.includes('401'))).toEqual([])
    await context.close()
  })

  test('an operator pauses and resumes a feed by keyboard; the channel gets the newest figure', async () => {
    const { context, page } = await world.sit('ada', '/feeds?channel=shop')
    const row = page.getByRole('region', { name: /^Feeds/ }).getByRole('row', { name: /^shop/ })
    await page.getByRole('button', { name: 'Pause shop in eu' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('shop in eu is told nothing until it is resumed.').waitFor()
    await row.filter({ hasText: 'paused' }).waitFor()
    const before = shop!.received.length
    for (let i = 0; i < 3; i++) await world.tell('wms', 'received', 'BOLT', Date.now(), { quantity: 1 })
    await row.filter({ hasText: 'paused' }).getByText('1', { exact: true }).first().waitFor()
    expect(shop!.received).toHaveLength(before)
    await page.getByRole('button', { name: 'Resume shop in eu' }).focus()
    await page.keyboard.press('Space')
    await row.filter({ hasText: 'ok' }).waitFor()
    await expect.poll(() => shop!.received.at(-1)!.body).toContain('"availableToSell":43')
    expect(shop!.received).toHaveLength(before + 1)
    await context.close()
  })

  test('what a channel refused is one step away, in its own words', async () => {
    shop!.answer = () => ({
      body: { refused: [{ sku: 'NUT', code: 'no-listing', detail: 'we do not sell nuts' }] },
    })
    await world.region.put('/v1/items/NUT', {})
    const { context, page } = await world.sit('ada', '/feeds?channel=shop')
    const row = page.getByRole('region', { name: /^Feeds/ }).getByRole('row', { name: /^shop/ })
    await row.getByRole('link', { name: '1' }).click()
    await page.getByRole('row').filter({ hasText: 'no-listing' }).getByText('we do not sell nuts').waitFor()
    expect(page.url()).toContain('source=shop')
    shop!.answer = () => ({})
    await page.getByRole('button', { name: 'Try those that fit again' }).click()
    await page.getByText('1 of 1 count now.').waitFor()
    await expect.poll(() => shop!.received.at(-1)!.body).toContain('"sku":"NUT"')
    await context.close()
  })

  test('who may only look is offered nothing to do', async () => {
    const { context, page } = await world.sit('vic', '/feeds')
    await page
      .getByRole('region', { name: /^Feeds/ })
      .getByRole('row', { name: /^shop/ })
      .waitFor()
    expect(await page.getByRole('button', { name: /Pause|Resume|Resend/ }).count()).toBe(0)
    await context.close()
  })

  test('the centre tells of the feeds of all regions', async () => {
    const response = await fetch(`${world.centre.url}/v1/feeds?channel=shop`, {
      headers: { authorization: `Bearer ${CentreProcess.key}` },
    })
    expect(await response.json()).toMatchObject({
      feeds: [{ region: 'eu', channel: 'shop', kind: 'webhook' }],
    })
  })
})
