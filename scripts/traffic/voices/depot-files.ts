import * as z from 'zod'
import { depotCodeOf } from '../world/catalogue.ts'
import type { Place } from '../world/demo-sites.ts'
import { hits, later, type Scene } from '../world/scene.ts'
import type { Happening, Message } from '../world/world.ts'
import { interchange, type TransactionSet, x12Time } from './x12.ts'

/** Of a thousand files so many are sent twice, so many are cut short on the way (and come whole a little later). */
const TWICE_PER_MILLE = 30
const BROKEN_PER_MILLE = 15

/**
 * The depot's 3PL speaks in files: 945 for what it shipped, 944 for what it took in, 947 for what it corrected, 846
 * for a full count. A file names moments by the second, rounded up, so that a count and what came before it agree.
 */
export function speakByFile(scene: Scene, depot: Place, everyMs: number): readonly Message[] {
  const telling = scene.region.telling[depot.source]!
  // A full count goes out at once, with all that came before it: some sets know no time but their file's.
  const isCounted = telling.untold.some(({ type }) => type === 'plimsoll.stock.counted')
  if (telling.untold.length === 0 || (telling.nextAt > scene.now && !isCounted)) return []
  telling.nextAt = scene.now + everyMs / scene.speed - 500
  const sets = setsOf(telling.untold, depot)
  const events = telling.untold.length
  telling.untold = []
  telling.serial += 1
  const partners = { sender: depot.source.toUpperCase(), receiver: 'PLIMSOLL' }
  const file = interchange(sets, partners, telling.serial, wholeSecond(scene.now))
  const message = (body: string, sendAt: number): Message => ({
    region: scene.region.region,
    source: depot.source,
    via: 'inbound',
    contentType: 'application/edi-x12',
    body,
    events,
    sendAt,
  })
  if (hits(scene.chance, BROKEN_PER_MILLE)) {
    const cut = file.slice(0, Math.floor(file.length * 0.6))
    return [message(cut, scene.now), message(file, later(scene, 15_000, 30_000))]
  }
  const again = hits(scene.chance, TWICE_PER_MILLE) ? [message(file, later(scene, 2_000, 20_000))] : []
  return [message(file, scene.now), ...again]
}

function setsOf(happenings: readonly Happening[], depot: Place): readonly TransactionSet[] {
  const sets: TransactionSet[] = []
  const shipments = Map.groupBy(
    happenings.filter(({ type }) => type === 'plimsoll.stock.shipped'),
    ({ data }) => String(data['shipment']),
  )
  for (const [shipment, lines] of shipments) sets.push(shipped(shipment, lines, depot))
  for (const happening of happenings) {
    if (happening.type === 'plimsoll.stock.received') sets.push(received(happening, depot))
    if (happening.type === 'plimsoll.stock.adjusted') sets.push(adjusted(happening, depot))
    if (happening.type === 'plimsoll.stock.counted') sets.push(counted(happening, depot))
  }
  return sets
}

const Line = z.object({
  quantity: z.number(),
  uom: z.string().default('EA'),
  orderRef: z.string().default(''),
  line: z.string().default('1'),
  ref: z.string().default(''),
})

const wholeSecond = (at: number): number => Math.ceil(at / 1000) * 1000

const secondOf = (at: number): ReturnType<typeof x12Time> => x12Time(wholeSecond(at))

/** UL says that the code is a GLN. */
const warehouse = ({ name, gln }: Place): string[] => ['N1', 'WH', name, 'UL', gln]

const uomOf = (uom: string): string => (uom === 'CASE' ? 'CA' : uom)

function shipped(shipment: string, lines: readonly Happening[], depot: Place): TransactionSet {
  const { date, time } = secondOf(lines[0]!.at)
  const of = lines.map(({ sku, data }) => ({ code: depotCodeOf(sku!), ...Line.parse(data) }))
  const total = of.reduce((sum, { quantity }) => sum + quantity, 0)
  return {
    set: '945',
    body: [
      ['W06', 'F', of[0]!.orderRef.replace(/^edi:/, ''), date, shipment],
      warehouse(depot),
      ['G62', '11', date, 'W', time],
      ...of.flatMap(({ code, quantity, uom, line }) => [
        ['LX', line],
        ['W12', 'CC', String(quantity), String(quantity), '0', uomOf(uom), '', 'VN', code],
      ]),
      ['W03', String(total)],
    ],
  }
}

function received({ at, sku, key, data }: Happening, depot: Place): TransactionSet {
  const { date, time } = secondOf(at)
  const { quantity, uom, ref } = Line.parse(data)
  return {
    set: '944',
    body: [
      ['W17', 'F', date, key.replace(/^receipt\//, '').replace(/\/.*/, ''), ref, '', '', time],
      warehouse(depot),
      ['W07', String(quantity), uomOf(uom), '', 'VN', depotCodeOf(sku!)],
      ['W14', String(quantity)],
    ],
  }
}

function adjusted({ at, sku, key, data }: Happening, depot: Place): TransactionSet {
  const { date } = secondOf(at)
  const { quantity, uom } = Line.parse(data)
  return {
    set: '947',
    body: [
      ['W15', date, key.replace(/^adjustment\//, '')],
      warehouse(depot),
      ['W19', quantity < 0 ? '06' : '56', String(quantity), uomOf(uom), '', 'VN', depotCodeOf(sku!)],
    ],
  }
}

function counted({ at, data }: Happening, depot: Place): TransactionSet {
  const { date, time } = secondOf(at)
  const onHand = z.record(z.string(), z.number()).parse(data['onHand'])
  return {
    set: '846',
    body: [
      ['BIA', '00', 'DD', `${date}${time}`, date, time],
      ['DTM', '097', date, time],
      warehouse(depot),
      ...Object.entries(onHand).flatMap(([sku, quantity], place) => [
        ['LIN', String(place + 1), 'VN', depotCodeOf(sku)],
        ['QTY', '17', String(quantity), 'EA'],
      ]),
      ['CTT', String(Object.keys(onHand).length)],
    ],
  }
}
