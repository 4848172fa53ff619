import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatInstant } from '../shared/kernel/clock.ts'
import { ConsoleBrowser, faultsOf, keepPicture } from '../tests/support/console-browser.ts'
import { ConsoleWorld, SIGNED, type SomeOne } from '../tests/support/console-world.ts'
import { eventually } from '../tests/support/eventually.ts'

describe.skipIf(!ConsoleBrowser.isHere)('reconciliation in the console (skipped without Chromium)', () => {
  let world: ConsoleWorld

  beforeAll(async () => {
    world = await ConsoleWorld.start()
    const { region } = world
    await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
    await region.put('/v1/sources/erp-eu', { role: 'erp' })
    await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
    await region.put('/v1/policies/correctionLimit/*', { units: 5, ...SIGNED })
    const now = Date.now()
    for (const [sku, value, received, counted] of [
      ['BOLT-M8', 250, 1_000, 968],
      ['SEAL-22', 100, 12, 9],
    ] as const) {
      await region.put(`/v1/items/${sku}`, { value })
      await world.tell('wms-ber1', 'received', sku, now - 1_000, { quantity: received })
      await world.tell('erp-eu', 'counted', sku, now - 100, {
        states: { onHand: counted },
        asOf: formatInstant(now - 100),
      })
    }
  }, 120_000)
  afterAll(() => world?.stop())

  const onHand = async (sku: string): Promise<number> =>
    (await world.region.call<{ nodes: { onHand: number }[] }>(`/v1/positions/${sku}`)).body.nodes[0]!.onHand
  const sit = (who: SomeOne, path: string) => world.sit(who, path)

  test('one finds a variance, sees why, proposes a correction, and a second person lets it count', async () => {
    const ada = await sit('ada', '/reconciliation')
    const rows = ada.page.getByRole('region', { name: 'Variances' }).getByRole('row')
    await rows.filter({ hasText: 'SEAL-22' }).waitFor()
    await rows.filter({ hasText: 'BOLT-M8' }).waitFor()
    expect(await rows.nth(1).innerText(), 'what is worth most stands first').toContain('BOLT-M8')
    await ada.page.getByLabel('Value of at least').fill('10')
    await rows.filter({ hasText: 'SEAL-22' }).waitFor({ state: 'detached' })
    expect(new URL(ada.page.url()).searchParams.get('above')).toBe('10')
    expect(await faultsOf(ada.page)).toEqual([])

    await ada.page.getByRole('link', { name: '−32 onHand of BOLT-M8 at ber1' }).press('Enter')
    await ada.page.getByRole('heading', { name: '−32 onHand of BOLT-M8 at ber1' }).waitFor()
    const evidence = ada.page.getByRole('region', { name: 'Evidence' })
    await evidence.getByText('968').waitFor()
    const address = ada.page.url()
    await ada.page.getByRole('button', { name: 'Take it' }).click()
    await ada.page.getByText('You look after it now.').waitFor()

    const correct = ada.page.getByRole('form', { name: 'Correct the ledger' })
    await correct.getByRole('button', { name: 'Propose the correction' }).click()
    await correct.getByRole('alert').filter({ hasText: 'Say why first' }).waitFor()
    await correct.getByLabel('Units more or less').fill('2.5')
    await correct.getByLabel('Reason').fill('a pallet was never booked out')
    await correct.getByRole('button', { name: 'Propose the correction' }).click()
    await correct.getByRole('alert').filter({ hasText: 'A whole number' }).waitFor()
    await correct.getByLabel('Units more or less').fill('-32')
    await correct.getByLabel('Reason').press('Enter')
    await ada.page.getByText('Proposed: it waits for a second person').waitFor()
    await ada.page.getByText('An approver of the region eu has to agree').waitFor()
    expect(await ada.page.getByRole('button', { name: 'Approve the correction' }).count()).toBe(0)
    expect(await onHand('BOLT-M8')).toBe(1_000)
    expect(await faultsOf(ada.page)).toEqual([])
    await keepPicture(ada.page, 'variance')

    const ben = await sit('ben', new URL(address).pathname)
    await ben.page.getByText('a pallet was never booked out').first().waitFor()
    await ben.page.getByRole('button', { name: 'Approve the correction' }).click()
    await ben.page.getByText('Approved: the ledger is corrected.').waitFor()
    await eventually(async () => (await onHand('BOLT-M8')) === 968)
    const history = ben.page.getByRole('region', { name: 'History' })
    await history.getByText('Corrected', { exact: true }).waitFor()
    await history.getByText('token:ada').first().waitFor()
    await history.getByText('token:ben').first().waitFor()
    await ada.page.getByText('It is closed: nothing is left to be done.').waitFor()
    expect([...ada.troubles, ...ben.troubles]).toEqual([])
    await ada.context.close()
    await ben.context.close()
  })

  test('who may only look is shown no buttons, and is told whom to ask', async () => {
    const vic = await sit('vic', '/reconciliation?sort=oldest')
    await vic.page.getByRole('link', { name: /SEAL-22/ }).click()
    await vic.page.getByText('You may look. To act, ask an admin for the role operator').waitFor()
    expect(await vic.page.locator('form.act').count()).toBe(0)
    await vic.page.getByRole('link', { name: 'Back to all variances' }).click()
    await vic.page.getByRole('heading', { name: 'Reconciliation' }).waitFor()
    expect(new URL(vic.page.url()).search).toBe('?sort=oldest')
    await vic.context.close()
  })

  test('what the filters show is exported, and what was opened and closed is drawn with its figures behind', async () => {
    const ada = await sit('ada', '/reconciliation?state=any')
    await ada.page.getByRole('link', { name: /BOLT-M8/ }).waitFor()
    const download = ada.page.waitForEvent('download')
    await ada.page.getByRole('button', { name: 'Export as CSV' }).click()
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines[0]).toMatch(/^id,region,kind,class,state/)
    expect(lines).toHaveLength(3)
    await ada.page.getByRole('img', { name: /2 variances opened and 1 closed/ }).waitFor()
    await keepPicture(ada.page, 'reconciliation')
    await ada.page.getByText('The figures, by class').click()
    await ada.page.getByRole('region', { name: 'Figures of the trend' }).getByRole('row').nth(1).waitFor()
    expect(await faultsOf(ada.page)).toEqual([])
    await ada.context.close()
  })

  test('how the region was is drawn, with the figures behind for who can’t see it', async () => {
    const ada = await sit('ada', '/trends?hours=1')
    await ada.page.getByRole('img', { name: /^Watermark age\. Last \d/ }).waitFor()
    await ada.page.getByRole('img', { name: /^Value of open variances\. Last/ }).waitFor()
    await ada.page.getByText('The figures of Watermark age').press('Enter')
    const figures = ada.page.getByRole('region', { name: 'Figures of Watermark age' })
    await figures.getByRole('row').nth(1).waitFor()
    await ada.page.getByLabel('Over').selectOption('168')
    await ada.page.waitForURL(/hours=168/)
    await ada.page.getByRole('img', { name: /^Watermark age\. Last/ }).waitFor()
    expect(await faultsOf(ada.page)).toEqual([])
    expect(ada.troubles).toEqual([])
    await keepPicture(ada.page, 'trends')
    await ada.context.close()
  })

  test('a variance that is not there says so', async () => {
    const ada = await sit('ada', '/reconciliation/nothing-of-the-kind')
    await ada.page.getByRole('alert').filter({ hasText: 'no such variance' }).waitFor()
    await ada.context.close()
  })
})
