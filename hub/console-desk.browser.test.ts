import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatInstant } from '../shared/kernel/clock.ts'
import { ConsoleBrowser, faultsOf, keepPicture } from '../tests/support/console-browser.ts'
import { ConsoleWorld } from '../tests/support/console-world.ts'
import { eventually } from '../tests/support/eventually.ts'

/** What Chromium says of a rule that was refused. */
const UNPROCESSABLE =
  'Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'

/** Seven pages by two people. */
const WHOLE_WAY_WITHIN_MS = 120_000

describe.skipIf(!ConsoleBrowser.isHere)('the centre’s desk in the console (skipped without Chromium)', () => {
  let world: ConsoleWorld

  beforeAll(async () => {
    world = await ConsoleWorld.start({
      edge: true,
      centre: { alerts: { rules: { 'negative-ats': { forMs: 0, clearForMs: 500 } } } },
    })
    const { region } = world
    await region.put('/v1/sources/erp-eu', { role: 'erp' })
    await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
    await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
    await region.put('/v1/items/BOLT', { tier: 'A' })
    await world.tell('wms-ber1', 'received', 'BOLT', Date.now() - 1_000, { quantity: 100 })
  }, 120_000)
  afterAll(() => world?.stop())

  test('a rule is written, told where it is wrong, and tried on the ledger', async () => {
    const ada = await world.sit('ada', '/policies?for=eu')
    const { page } = ada
    await page.getByText('None fits these filters').waitFor()
    await page.getByRole('row', { name: /eu/ }).filter({ hasText: 'current' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('link', { name: 'Propose a policy' }).press('Enter')
    await page.getByLabel('Kind').selectOption('allocation')
    await page.getByText('To propose it one needs the role operator in all regions').waitFor()
    await page.getByLabel('For', { exact: true }).selectOption('eu')
    const rule = page.getByLabel('The rule, as JSON')
    await eventually(async () => (await rule.inputValue()).includes('amazon'))
    await rule.fill('{ "rules": [\n  { "class": "web", "cap": 40, }\n] }')
    await page.getByRole('button', { name: 'Line 2, no JSON yet' }).waitFor()
    await rule.fill('{ "rules": [\n  { "class": "web",\n    "cap": -4 }\n] }')
    await page.getByRole('button', { name: 'See what would change' }).click()
    await page.getByRole('button', { name: 'Line 3, rules.0.cap' }).click()
    const marked = `(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)`
    expect(await page.evaluate(marked)).toBe('-4')
    expect(await faultsOf(page)).toEqual([])

    await rule.fill('{ "rules": [{ "class": "web", "cap": 40 }] }')
    await page.getByRole('button', { name: 'See what would change' }).click()
    await page.getByRole('row', { name: /BOLT/ }).filter({ hasText: '−60' }).waitFor()
    await keepPicture(page, 'policy-preview')
    expect(await faultsOf(page)).toEqual([])
    expect(ada.troubles).toEqual([UNPROCESSABLE])
    await ada.context.close()
  })

  test('a rule is proposed, agreed to by another person, obeyed at the edge, and taken back', async () => {
    const ada = await world.sit('ada', '/policies/new?kind=allocation&for=eu')
    const { page } = ada
    const rule = page.getByLabel('The rule, as JSON')
    await rule.fill('{ "rules": [{ "class": "web", "cap": 40 }] }')
    await page.getByLabel('Reason').fill('the web shop waits for the counter')
    await page.getByRole('button', { name: 'Propose it' }).click()
    await page.getByText('An approver in the region eu has to agree to it.').waitFor()
    await page
      .getByRole('row', { name: /rules.0.cap|rules/ })
      .first()
      .waitFor()
    expect(await faultsOf(page)).toEqual([])

    const ben = await world.sit('ben', new URL(page.url()).pathname)
    await ben.page.getByRole('button', { name: 'Put it into force' }).click()
    await ben.page.getByRole('status').filter({ hasText: 'In force, with revision' }).waitFor()
    await eventually(async () => (await world.edge!.availableToSell('BOLT')) === 40)
    expect([...ada.troubles, ...ben.troubles]).toEqual([])

    await ada.page.getByRole('link', { name: 'Propose the next version' }).click()
    await page.getByText('It begins as version 1').waitFor()
    await rule.fill('{ "rules": [{ "class": "web", "cap": 10 }] }')
    await page.getByLabel('Reason').fill('tighter')
    await page.getByRole('button', { name: 'Propose it' }).click()
    await page
      .getByRole('row', { name: /rules.0.cap/ })
      .filter({ hasText: '40' })
      .filter({ hasText: '10' })
      .waitFor()
    await ben.page.goto(page.url())
    await ben.page.getByRole('button', { name: 'Put it into force' }).click()
    await eventually(async () => (await world.edge!.availableToSell('BOLT')) === 10)

    await ben.page
      .getByRole('region', { name: /Versions/ })
      .getByRole('link', { name: '1' })
      .click()
    await ben.page.getByLabel('Reason').fill('too tight')
    await ben.page.getByRole('button', { name: 'Roll back to version 1' }).click()
    await ben.page.getByText('In force again, as version 3.').waitFor()
    await eventually(async () => (await world.edge!.availableToSell('BOLT')) === 40)
    await page.goto(`${world.centre.url}/policies`)
    await page
      .getByRole('row', { name: /allocation/ })
      .filter({ hasText: 'in force' })
      .waitFor()
    await ada.context.close()
    await ben.context.close()
  })

  test(
    'one is called for an oversell, sees why, corrects it with a second person, and the edge follows',
    async () => {
      const { region, edge } = world
      await region.put('/v1/items/PUMP', { tier: 'A', value: 4_900 })
      await world.tell('wms-ber1', 'received', 'PUMP', Date.now() - 2_000, { quantity: 20 })
      const order = { orderRef: 'web:77', channel: 'web', lines: [{ line: '1', sku: 'PUMP', quantity: 8 }] }
      expect((await region.call('/v1/orders', { json: order })).status).toBeLessThan(300)
      await eventually(async () => (await edge!.availableToSell('PUMP')) === 12)
      // Somebody books out at a keyboard what lies there still; the ERP's count knows better.
      const now = Date.now()
      await world.tell('wms-ber1', 'adjusted', 'PUMP', now - 200, { quantity: -14, state: 'onHand' })
      await world.tell('erp-eu', 'counted', 'PUMP', now - 100, {
        states: { onHand: 20 },
        asOf: formatInstant(now - 100),
      })

      const ada = await world.sit('ada', '/')
      const { page } = ada
      await page.getByRole('region', { name: '1 alert that nobody has seen' }).waitFor()
      await keepPicture(page, 'calling')
      expect(await faultsOf(page)).toEqual([])
      await page.getByRole('link', { name: '2 of PUMP are promised at ber1 beyond what lies there' }).click()
      await page.getByRole('heading', { name: /^What to do: More is promised than lies there/ }).waitFor()
      await page.getByText('is it stock that shrank').waitFor()
      await page.getByRole('button', { name: 'Take it' }).click()
      await page.getByText('You look after it now.').waitFor()
      await page.getByRole('button', { name: 'Acknowledge' }).click()
      await page.getByText('Acknowledged: nobody is called for it again.').waitFor()
      expect(await faultsOf(page)).toEqual([])
      await keepPicture(page, 'alert')
      const address = page.url()

      await page.getByRole('link', { name: 'Look at PUMP in eu' }).click()
      await page
        .getByRole('region', { name: /Timeline/ })
        .getByText('onHand −14 at ber1')
        .waitFor()
      await page.getByLabel('Channel').fill('web')
      await page.getByLabel('Channel').press('Enter')
      const atEdge = page.getByRole('region', { name: 'What the edge answers web' })
      await atEdge.getByText('0 to sell').waitFor()
      await atEdge.getByText('as the region says').waitFor()
      const skuPage = page.url()
      await page.getByRole('link', { name: 'Its open variances' }).click()
      await page.getByRole('link', { name: '+14 onHand of PUMP at ber1' }).click()
      await page
        .getByRole('form', { name: 'Correct the ledger' })
        .getByLabel('Reason')
        .fill('they lie there: I looked')
      await page.getByRole('button', { name: 'Propose the correction' }).click()
      await page.getByText('Proposed: it waits for a second person').waitFor()
      expect(await edge!.availableToSell('PUMP')).toBe(0)

      const ben = await world.sit('ben', new URL(page.url()).pathname)
      await ben.page.getByRole('button', { name: 'Approve the correction' }).click()
      await ben.page.getByText('Approved: the ledger is corrected.').waitFor()
      await page.goto(skuPage)
      await atEdge.getByText('12 to sell').waitFor()
      expect(await edge!.availableToSell('PUMP')).toBe(12)
      expect(await faultsOf(page)).toEqual([])
      await keepPicture(page, 'corrected')
      await page.goto(address)
      await page.getByText('It is over. What comes of it again is a new alert.').waitFor()
      await page.getByRole('link', { name: 'Back to all alerts' }).click()
      await page.getByLabel('State').selectOption('over')
      await page.getByRole('row', { name: /PUMP/ }).filter({ hasText: 'token:ada' }).waitFor()
      expect(await faultsOf(page)).toEqual([])
      expect([...ada.troubles, ...ben.troubles]).toEqual([])
      await ada.context.close()
      await ben.context.close()
    },
    WHOLE_WAY_WITHIN_MS,
  )

  test('what is planned is silenced beforehand, and what to do is read without anything being wrong', async () => {
    const { page, context } = await world.sit('ada', '/alerts')
    await page.getByText('Without filters it means that nothing calls for anybody.').waitFor()
    await page.getByText('Silence something beforehand').click()
    const form = page.getByRole('form', { name: 'A new silence' })
    await form.getByLabel('Kind').selectOption('edge-behind')
    await form.getByLabel('Reason').fill('the edge is moved tonight')
    await form.getByRole('button', { name: 'Silence it' }).click()
    const row = page
      .getByRole('row', { name: /edge-behind/ })
      .filter({ hasText: 'the edge is moved tonight' })
    await row.getByRole('button', { name: 'End it now' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'All runbooks' }).click()
    await page.getByRole('link', { name: 'Orders do not move' }).click()
    await page.getByRole('region', { name: 'Orders do not move' }).getByText('waiting-for-stock').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await context.close()
  })

  test('an admin lets somebody in and ends that again; the audit log has both, and is whole', async () => {
    const { page, context, troubles } = await world.sit(null, '/access')
    await page.getByText('admin everywhere').first().waitFor()
    const form = page.getByRole('form', { name: 'Let somebody in' })
    await form.getByRole('button', { name: 'Make a token' }).click()
    await form.getByRole('alert').filter({ hasText: 'Give it a name' }).waitFor()
    await form.getByLabel('Name').fill('eve')
    await form.getByLabel('Role').selectOption('approver')
    await form.getByLabel('In', { exact: true }).selectOption('eu')
    await form.getByRole('button', { name: 'Make a token' }).click()
    const secret = await page.getByRole('region', { name: 'The token of eve' }).locator('.secret').innerText()
    const asEve = () =>
      fetch(`${world.centre.url}/v1/regions`, { headers: { authorization: `Bearer ${secret}` } })
    expect((await asEve()).status).toBe(200)
    const row = page.getByRole('row', { name: /^eve / }).filter({ hasText: 'approver in eu' })
    await row.getByText('good').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'I have it' }).click()
    await row.getByRole('button', { name: 'End it' }).click()
    await row.getByText('ended').waitFor()
    expect((await asEve()).status).toBe(401)

    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByLabel('About (has in it)').fill('tokens/')
    await page.waitForURL(/subject=tokens/)
    const entries = page.getByRole('region', { name: /^Entries/ })
    await entries
      .getByRole('row')
      .filter({ hasText: 'DELETE answered' })
      .filter({ hasText: '200' })
      .first()
      .waitFor()
    expect(await entries.getByText('/v1/policies').count()).toBe(0)
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByRole('status').getByText('It is whole').waitFor()
    expect(await page.getByText(secret).count()).toBe(0)
    expect(await faultsOf(page)).toEqual([])
    await keepPicture(page, 'audit')
    expect(troubles).toEqual([])
    await context.close()
  })

  test('who is no admin sees what they may, and nothing of the others', async () => {
    const { page, context } = await world.sit('vic', '/access')
    await page.getByText('viewer in eu').waitFor()
    await page.getByText('Tokens are made and ended by admins').waitFor()
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('alert').filter({ hasText: 'this needs the role admin in all regions' }).waitFor()
    await context.close()
  })
})
