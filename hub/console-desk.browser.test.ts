import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConsoleBrowser, faultsOf, keepPicture } from '../tests/support/console-browser.ts'
import { ConsoleWorld } from '../tests/support/console-world.ts'
import { eventually } from '../tests/support/eventually.ts'

describe.skipIf(!ConsoleBrowser.isHere)('the centre’s desk in the console (skipped without Chromium)', () => {
  let world: ConsoleWorld

  beforeAll(async () => {
    world = await ConsoleWorld.start({ edge: true })
    const { region } = world
    await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
    await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
    await region.put('/v1/items/BOLT', { tier: 'A' })
    await world.tell('wms-ber1', 'received', 'BOLT', Date.now() - 1_000, { quantity: 100 })
  }, 120_000)
  afterAll(() => world?.stop())

  test('a rule is written, tried on the ledger, proposed, agreed to by another person, and obeyed at the edge', async () => {
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
    expect([...ada.troubles, ...ben.troubles]).toEqual([
      'Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)',
    ])

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
    await keepPicture(ben.page, 'policy')

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
})
