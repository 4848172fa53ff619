import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TrytonClient } from '../../regions/erp/tryton/client.ts'
import type { OrderAnswer } from '../../shared/contract/order-api.ts'
import { connectBus, messageAt, streamState } from '../../shared/node/nats.ts'
import { EdgeProcess } from '../support/edge-process.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'
import { TrytonCompany } from '../support/tryton/tryton-company.ts'
import { hasTryton, TrytonServer, WITHOUT_TRYTON } from '../support/tryton/tryton-server.ts'

/** A shop at the edge, a region, and a real ERP behind it whose people pick, ship, count and take back. */

const SKUS = ['ANCHOR', 'BUOY'] as const
const NODES = { WH: 'ber1', MUC: 'muc1' } as const
/** A poll, a translation and a push, on a machine that does other things too. */
const SOON_MS = 15_000
const OVERLAP_MS = 5_000

type Positions = {
  nodes: { node: string; onHand: number; quarantined: number; inTransit: number; allocated: number }[]
  totals: { reserved: number; availableToSell: number }
}

describe.skipIf(!hasTryton())(`a region with a Tryton as ERP ${WITHOUT_TRYTON}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-erp-'))
  let server: TrytonServer
  let company: TrytonCompany
  let nats: NatsServer
  let edge: EdgeProcess
  let region: RegionProcess
  let regionOptions: ConstructorParameters<typeof RegionProcess>[0]
  const newClient = () => new TrytonClient(server.connection)

  beforeAll(async () => {
    server = await TrytonServer.start()
    company = await TrytonCompany.found(newClient(), newClient)
    for (const sku of SKUS) await company.makeProduct(sku)
    await company.makeProduct('MOORING', [
      { code: 'ANCHOR', quantity: 1 },
      { code: 'BUOY', quantity: 2 },
    ])
    await company.makeWarehouse('MUC')
    const passwordFile = join(folder, 'erp-password')
    writeFileSync(passwordFile, server.connection.password, { mode: 0o600 })
    nats = await startLeaf({ region: 'eu' })
    const port = await freePort()
    edge = await EdgeProcess.start({
      folder,
      regions: ['eu'],
      regionHubs: { eu: { urls: [`http://127.0.0.1:${port}`], key: RegionProcess.key } },
    })
    const { url, database, user } = server.connection
    regionOptions = {
      region: 'eu',
      folder,
      nats: nats.url,
      port,
      edgeUrl: edge.url,
      pushSecret: edge.pushSecret('eu'),
      more: {
        tryton: {
          source: 'erp',
          url,
          database,
          user,
          passwordFile,
          customers: { '*': 'C-1' },
          pollEveryMs: 200,
          overlapMs: OVERLAP_MS,
        },
      },
    }
    region = new RegionProcess(regionOptions)
    await region.start()
    await region.put('/v1/sources/erp', { role: 'erp', connector: 'tryton', profile: { channel: 'sales' } })
    for (const node of Object.values(NODES)) await region.put(`/v1/nodes/${node}`, { source: 'erp' })
    await region.put('/v1/mappings/erp', { nodes: NODES, uoms: { u: 'EA' } })
  }, 360_000)

  afterAll(async () => {
    await region?.stop()
    await edge?.stop()
    await nats?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const soon = (is: () => Promise<boolean>): Promise<void> => eventually(is, SOON_MS, 100)
  const positions = async (sku: string): Promise<Positions> =>
    (await region.call<Positions>(`/v1/positions/${sku}`)).body
  const ours = async (sku: string) => {
    const { nodes = [] } = await positions(sku)
    return nodes.map(({ node, onHand, quarantined }) => ({ node, onHand, quarantined }))
  }
  const theirs = async (sku: string) => {
    const rows: { node: string; onHand: number; quarantined: number }[] = []
    for (const [code, node] of Object.entries(NODES)) {
      const { input } = await company.zones(code)
      const [onHand, quarantined] = [
        await company.quantity(sku, await company.location(code)),
        await company.quantity(sku, input),
      ]
      rows.push({ node, onHand, quarantined })
    }
    return rows
  }
  /** Both sides say the same of every item, at every place, in every state. */
  const agree = async (): Promise<void> => {
    for (const sku of SKUS) {
      const expected = await theirs(sku)
      const isThere = ({ node, onHand, quarantined }: (typeof expected)[number]): boolean =>
        onHand + quarantined > 0 || node === 'ber1'
      const sorted = async () => (await ours(sku)).sort((a, b) => (a.node < b.node ? -1 : 1)).filter(isThere)
      const wanted = JSON.stringify(expected.filter(isThere))
      await soon(async () => JSON.stringify(await sorted()) === wanted).catch(() => {})
      expect(await sorted()).toEqual(expected.filter(isThere))
    }
  }
  const openExceptions = async () =>
    (await region.call<{ exceptions: { detail: string }[] }>('/v1/exceptions?status=open')).body.exceptions
  const readOrder = async (orderRef: string): Promise<OrderAnswer> =>
    (await region.call<OrderAnswer>(`/v1/orders/${orderRef}`)).body
  const stepsOf = ({ parts = [] }: OrderAnswer) =>
    parts.flatMap(({ steps }) => steps.map(({ step, detail }) => [step, detail ?? '']))
  const posted = async (orderRef: string): Promise<string> => {
    await soon(async () => stepsOf(await readOrder(orderRef)).some(([step]) => step === 'posted'))
    const { parts } = await readOrder(orderRef)
    return parts[0]!.steps.find(({ step }) => step === 'posted')!.number!
  }
  /** Held by the shop at the edge, then ordered. */
  const order = async (orderRef: string, lines: { line: string; sku: string; quantity: number }[]) => {
    const held = await edge.call('/v1/reservations', {
      json: { orderRef, lines },
      headers: { 'Idempotency-Key': orderRef },
    })
    expect(held.status).toBe(201)
    const { status } = await region.call('/v1/orders', { json: { orderRef, channel: 'web', lines } })
    expect(status).toBe(201)
    return held.body['reservationId'] as string
  }
  /** As the shop sees it, with its own key. */
  const reservationStatus = async (id: string) => (await edge.call(`/v1/reservations/${id}`)).body['status']

  test('its items and kits come in, and its goods: on the dock for nobody, on the shelf for the shop', async () => {
    await soon(async () => (await region.call('/v1/items/MOORING')).status === 200)
    expect((await region.call('/v1/items/MOORING')).body).toMatchObject({
      name: 'The MOORING',
      baseUom: 'EA',
      kit: [
        { sku: 'ANCHOR', quantity: 1 },
        { sku: 'BUOY', quantity: 2 },
      ],
    })
    const shipment = await company.receive('WH', { ANCHOR: 20, BUOY: 30 })
    await agree()
    expect(await ours('ANCHOR')).toEqual([{ node: 'ber1', onHand: 20, quarantined: 20 }])
    await soon(async () => (await edge.availableToSell('ANCHOR')) === 0)
    await company.putAway(shipment)
    await agree()
    await soon(async () => (await edge.availableToSell('ANCHOR')) === 20)
    expect(await edge.availableToSell('MOORING')).toBe(15)
  })

  test('an order runs from the edge to its shipment, and both sides say the same all the way', async () => {
    const held = await order('web:1', [
      { line: 'a', sku: 'ANCHOR', quantity: 3 },
      { line: 'b', sku: 'BUOY', quantity: 4 },
    ])
    expect(await reservationStatus(held)).toBe('confirmed')
    const number = await posted('web:1')
    await soon(async () => (await edge.availableToSell('ANCHOR')) === 17)
    const place = await company.location('WH')
    for (const sku of SKUS) {
      const { nodes } = await positions(sku)
      const { onHand, allocated } = nodes.find(({ node }) => node === 'ber1')!
      expect(await company.forecast(sku, place)).toBe(onHand - allocated)
    }
    const [shipment] = await company.shipmentsOf(number)
    expect(await company.read('stock.shipment.out', shipment!, ['state'])).toMatchObject({
      state: 'assigned',
    })
    await company.work(shipment!, ['pick'])
    await soon(async () =>
      (await readOrder('web:1')).lines.every(({ picked, quantity }) => picked === quantity),
    )
    await agree()
    await company.work(shipment!, ['pack', 'done'])
    await soon(async () => (await readOrder('web:1')).status === 'shipped')
    await soon(async () => stepsOf(await readOrder('web:1')).some(([step]) => step === 'settled'))
    await agree()
    expect((await positions('ANCHOR')).totals).toMatchObject({ reserved: 0, availableToSell: 17 })
    expect(await reservationStatus(held)).toBe('fulfilled')
    for (const [sku, left] of [
      ['ANCHOR', 17],
      ['BUOY', 26],
    ] as const) {
      expect(await company.forecast(sku, place)).toBe(left)
      await soon(async () => (await edge.availableToSell(sku)) === left)
    }
    const sales = await company.find('sale.sale', [['reference', '=', 'web:1']], ['state'])
    expect(sales).toHaveLength(1)
  })

  test('a kit’s order is shipped as its parts', async () => {
    await order('web:kit', [{ line: '1', sku: 'MOORING', quantity: 2 }])
    const [shipment] = await company.shipmentsOf(await posted('web:kit'))
    await company.work(shipment!, ['pick', 'pack', 'done'])
    await agree()
    await soon(async () => (await readOrder('web:kit')).status === 'shipped')
    await soon(async () => stepsOf(await readOrder('web:kit')).some(([step]) => step === 'settled'))
    await soon(async () => (await positions('ANCHOR')).totals.availableToSell === 15)
    await soon(async () => (await positions('BUOY')).totals.availableToSell === 22)
  })

  test('a sale made in the ERP is demand here; called off there, it is none any more', async () => {
    const before = (await positions('BUOY')).totals
    const sale = await company.sell('WH', { BUOY: 5 })
    const { number, shipments } = await company.read<{ number: string; shipments: number[] }>(
      'sale.sale',
      sale,
      ['number', 'shipments'],
    )
    await soon(async () => (await positions('BUOY')).totals.availableToSell === before.availableToSell - 5)
    expect(await readOrder(`sales:${number}`)).toMatchObject({ channel: 'sales', lines: [{ quantity: 5 }] })
    await company.call('model.stock.shipment.out.assign_try', [shipments])
    await company.work(shipments[0]!, ['pick', 'pack', 'done'])
    await soon(async () => (await readOrder(`sales:${number}`)).status === 'shipped')
    await agree()
    expect((await positions('BUOY')).totals.availableToSell).toBe(before.availableToSell - 5)
    const other = await company.sell('WH', { BUOY: 4 })
    await soon(async () => (await positions('BUOY')).totals.availableToSell === before.availableToSell - 9)
    const made = await company.read<{ shipments: number[] }>('sale.sale', other, ['shipments'])
    await company.press('stock.shipment.out', 'cancel', made.shipments[0]!)
    await company.sendNoMore(other)
    await soon(async () => (await positions('BUOY')).totals.availableToSell === before.availableToSell - 5)
  })

  test('an order of ours that a buyer gives up is called off in the ERP, and is no demand on either side', async () => {
    const before = (await positions('ANCHOR')).totals
    await order('web:off', [{ line: '1', sku: 'ANCHOR', quantity: 2 }])
    const number = await posted('web:off')
    expect((await region.call('/v1/orders/web:off/cancel', { method: 'POST' })).status).toBe(200)
    await soon(async () => stepsOf(await readOrder('web:off')).some(([step]) => step === 'called-off'))
    const [shipment] = await company.shipmentsOf(number)
    expect(await company.read('stock.shipment.out', shipment!, ['state'])).toMatchObject({
      state: 'cancelled',
    })
    await agree()
    expect((await positions('ANCHOR')).totals).toEqual(before)
  })

  test('an order of which less is wanted, then nothing, then all again, is so in the ERP too', async () => {
    await region.put('/v1/sources/shop', { role: 'channel', profile: { channel: 'web' } })
    const before = (await positions('ANCHOR')).totals
    await order('web:less', [{ line: '1', sku: 'ANCHOR', quantity: 4 }])
    await posted('web:less')
    const place = await company.location('WH')
    const free = (await company.forecast('ANCHOR', place)) + 4
    const wanted = async (quantity: number): Promise<void> => {
      const event = {
        specversion: '1.0',
        id: `less/${quantity}`,
        source: 'shop',
        type: 'plimsoll.order.changed',
        time: new Date().toISOString(),
        data: { orderRef: 'web:less', channel: 'web', lines: [{ line: '1', sku: 'ANCHOR', quantity }] },
      }
      await region.call('/v1/events', { json: event, contentType: 'application/cloudevents+json' })
      await soon(async () => (await company.forecast('ANCHOR', place)) === free - quantity)
      await agree()
      expect((await positions('ANCHOR')).totals).toEqual({
        ...before,
        reserved: before.reserved + quantity,
        allocated: (before as { allocated?: number }).allocated! + quantity,
        availableToSell: before.availableToSell - quantity,
      })
    }
    await wanted(1)
    await wanted(0)
    await soon(async () => stepsOf(await readOrder('web:less')).some(([step]) => step === 'called-off'))
    expect(await readOrder('web:less')).toMatchObject({ status: 'cancelled' })
    await wanted(3)
    const number = await posted('web:less')
    const shipments = await company.shipmentsOf(number)
    for (const shipment of shipments) await company.work(shipment, ['pick', 'pack', 'done'])
    await soon(async () => (await readOrder('web:less')).status === 'shipped')
    await soon(async () => stepsOf(await readOrder('web:less')).some(([step]) => step === 'settled'))
    await agree()
    expect((await positions('ANCHOR')).totals.reserved).toBe(before.reserved)
    expect(await openExceptions()).toEqual([])
  })

  test('a return, a count and a transfer arrive as what they are', async () => {
    const back = await company.takeBack('WH', { ANCHOR: 2 })
    await agree()
    expect((await ours('ANCHOR'))[0]).toMatchObject({ quarantined: 2 })
    await company.press('stock.shipment.out.return', 'done', back)
    await company.count('WH', { BUOY: 12 })
    await agree()
    expect((await ours('BUOY'))[0]).toMatchObject({ onHand: 12 })
    const transfer = await company.transfer('WH', 'MUC', { ANCHOR: 4 }, 3)
    await company.press('stock.shipment.internal', 'ship', transfer)
    await soon(async () => (await positions('ANCHOR')).nodes.some(({ inTransit }) => inTransit === 4))
    await agree()
    await company.press('stock.shipment.internal', 'done', transfer)
    await agree()
    expect((await positions('ANCHOR')).nodes.every(({ inTransit }) => inTransit === 0)).toBe(true)
    const direct = await company.transfer('WH', 'MUC', { BUOY: 2 }, 0)
    await company.press('stock.shipment.internal', 'done', direct)
    await agree()
    expect((await ours('BUOY')).find(({ node }) => node === 'muc1')).toMatchObject({ onHand: 2 })
  })

  test('an order that the ERP can set aside in part only says so, and ships when the rest is free', async () => {
    // Somebody has set 6 of them aside for a transfer that did not leave yet.
    const held = await company.transfer('WH', 'MUC', { ANCHOR: 6 }, 0)
    const free = (await ours('ANCHOR'))[0]!.onHand - 6
    await order('web:short', [{ line: '1', sku: 'ANCHOR', quantity: free + 2 }])
    const number = await posted('web:short')
    const detail = `line 1: ${free} of ${free + 2} ANCHOR are set aside`
    expect(stepsOf(await readOrder('web:short'))).toContainEqual(['posted', detail])
    await company.press('stock.shipment.internal', 'cancel', held)
    const [shipment] = await company.shipmentsOf(number)
    expect(await company.call('model.stock.shipment.out.assign_try', [[shipment!]])).toBe(true)
    await company.work(shipment!, ['pick', 'pack', 'done'])
    await soon(async () => (await readOrder('web:short')).status === 'shipped')
    await agree()
  })

  test('a question that the ERP puts to a person blocks until it is answered, and is answered once', async () => {
    const before = (await ours('BUOY'))[0]!.onHand
    const { output } = await company.zones('WH')
    const { addresses } = await company.read<{ addresses: number[] }>('party.party', company.customer, [
      'addresses',
    ])
    const packed = async (): Promise<number> => {
      const shipment = await company.create('stock.shipment.out', {
        customer: company.customer,
        delivery_address: addresses[0],
        warehouse: await company.location('WH'),
        outgoing_moves: [['create', company.moves({ BUOY: 1 }, output, await company.location('CUS'))]],
      })
      await company.work(shipment, ['wait', 'assign_force', 'pick', 'pack'])
      return shipment
    }
    const isAsked = async (shipment: number): Promise<void> =>
      expect(await newClient().call('model.stock.shipment.out.done', [[shipment]])).toMatchObject({
        ok: false,
        error: { kind: 'warning' },
      })
    const first = await packed()
    await isAsked(first)
    await company.work(first, ['done'])
    await soon(async () => (await ours('BUOY'))[0]!.onHand === before - 1)
    // The yes was for that one and that once.
    const second = await packed()
    await isAsked(second)
    await agree()
    await company.work(second, ['done'])
    await soon(async () => (await ours('BUOY'))[0]!.onHand === before - 2)
    await agree()
  })

  test('what happened while the region was dead and the ERP was restarted is heard of, once', async () => {
    await region.kill9()
    await company.putAway(await company.receive('MUC', { ANCHOR: 7 }))
    await server.restart()
    await region.start()
    await agree()
    await company.putAway(await company.receive('MUC', { BUOY: 3 }))
    await agree()
    expect(await openExceptions()).toEqual([])
  })

  test('another process of the region reads on where the one before was killed, and reads nothing all over again', async () => {
    await agree()
    const bus = await connectBus('looker', { servers: [nats.url] })
    const { lastSequence } = (await streamState(bus, 'INBOUND'))!
    await region.kill9()
    const other = new RegionProcess({ ...regionOptions, dataName: 'other' })
    await other.start()
    const before = await other.call<Positions>('/v1/positions/ANCHOR')
    await company.putAway(await company.receive('MUC', { ANCHOR: 2 }))
    await soon(async () => {
      const { body } = await other.call<Positions>('/v1/positions/ANCHOR')
      return body.totals.availableToSell === before.body.totals.availableToSell + 2
    })
    const { lastSequence: now } = (await streamState(bus, 'INBOUND'))!
    const readAgain = new Map<string, number[]>()
    for (let sequence = lastSequence + 1; sequence <= now; sequence++) {
      const page = JSON.parse(new TextDecoder().decode((await messageAt(bus, 'INBOUND', sequence))!)) as {
        tryton: string
        rows: { id: number }[]
      }
      const ids = page.rows.map(({ id }) => id)
      readAgain.set(page.tryton, [...(readAgain.get(page.tryton) ?? []), ...ids])
    }
    // Of each what was written last is, as always: not the first of it.
    for (const model of ['sale.sale', 'stock.move']) {
      const [first] = await company.find<{ id: number }>(model, [], ['id'])
      const isFirstAgain = readAgain.get(model)!.includes(first!.id)
      expect([model, isFirstAgain]).toEqual([model, false])
    }
    await other.stop()
    await bus.close()
    await region.start()
    await agree()
  })

  test('what happens at a warehouse that nobody named here waits, and counts when it is mapped', async () => {
    await company.makeWarehouse('HAM')
    await company.putAway(await company.receive('HAM', { BUOY: 9 }))
    await soon(async () => (await openExceptions()).some(({ detail }) => detail.includes('"HAM"')))
    await region.put('/v1/nodes/ham1', { source: 'erp' })
    await region.put('/v1/mappings/erp', { nodes: { ...NODES, HAM: 'ham1' }, uoms: { u: 'EA' } })
    await soon(async () => (await ours('BUOY')).some(({ node, onHand }) => node === 'ham1' && onHand === 9))
    await soon(async () => (await openExceptions()).length === 0)
    expect((await ours('BUOY')).find(({ node }) => node === 'ham1')).toMatchObject({ quarantined: 0 })
  })
})
