import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { openCentreApp } from '../../tests/support/centre-app.ts'
import { takeFacts } from '../intake/take-facts.ts'
import { eq } from './drizzle.ts'
import { transferLeg } from './tables.ts'
import { UnbalancedTransfers } from './unbalanced-transfers.ts'

const AT = '2026-11-23T12:00:00.000Z'
const SOON = Date.parse(AT) + 60_000
let centre: Awaited<ReturnType<typeof openCentreApp>>
let told = 0

beforeEach(async () => void (centre = await openCentreApp()), openCentreApp.withinMs)
afterEach(() => centre.stop())

const leg = (half: 'shipped' | 'received', transfer: string, quantity: number): Fact =>
  ({
    specversion: '1.0',
    id: `e${++told}`,
    source: 'wms',
    type: `plimsoll.transfer.${half}`,
    time: AT,
    subject: 'X',
    data: { transfer, from: 'ber1', to: 'nyc1', quantity },
  }) as unknown as Fact
const node = (name: string): Fact =>
  ({
    source: 'erp',
    id: `n${++told}`,
    type: 'plimsoll.node.upserted',
    time: AT,
    subject: name,
    data: {},
  }) as unknown as Fact

test('what is on its way is known from the first look on, and followed by what is told', async () => {
  const transfers = new UnbalancedTransfers(centre.db)
  const take = async (region: string, ...facts: Fact[]): Promise<void> => {
    await takeFacts(centre.db, region, facts)
    transfers.note(facts)
  }
  const look = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await transfers.look(SOON)).map(({ transfer, state }) => [transfer, state]))

  await takeFacts(centre.db, 'eu', [
    leg('shipped', 'T1', 5),
    leg('shipped', 'T2', 2),
    leg('received', 'T2', 2),
  ])
  expect(await look()).toEqual({ T1: 'open' })
  await take('us', leg('received', 'T1', 3), leg('received', 'T3', 4))
  expect(await look()).toEqual({ T1: 'short', T3: 'unshipped' })
  await take('us', leg('received', 'T1', 2), leg('received', 'T2', 1))
  expect(await look()).toEqual({ T2: 'over-received', T3: 'unshipped' })
})

test('whose regions they are, and whether the other one was told, is as it was said last', async () => {
  const transfers = new UnbalancedTransfers(centre.db)
  await takeFacts(centre.db, 'eu', [leg('shipped', 'T1', 5)])
  expect(await transfers.look(SOON)).toMatchObject([{ fromRegion: null, toRegion: null, forwarded: null }])
  for (const [region, name] of [
    ['eu', 'ber1'],
    ['us', 'nyc1'],
  ] as const) {
    await takeFacts(centre.db, region, [node(name)])
    transfers.note([node(name)])
  }
  expect(await transfers.look(SOON)).toMatchObject([{ fromRegion: 'eu', toRegion: 'us', forwarded: false }])
  await centre.db.update(transferLeg).set({ forwardedAt: AT }).where(eq(transferLeg.transfer, 'T1'))
  transfers.noteLeg({ transfer: 'T1', sku: 'X' })
  expect(await transfers.look(SOON)).toMatchObject([{ forwarded: true }])
})
