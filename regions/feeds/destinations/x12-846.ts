import * as z from 'zod'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { callChannel, refusalOfAll } from '../call-channel.ts'
import { allTaken, type Destination, type Outgoing } from '../destination.ts'

const Qualifier = z.string().regex(/^[0-9A-Z]{2}$/)
const Party = z.strictObject({
  qualifier: Qualifier.default('ZZ'),
  /** As ISA has it: at most 15 characters. */
  id: z.string().regex(/^[0-9A-Za-z.-]{2,15}$/),
})

/** A trading partner who takes an Inventory Inquiry/Advice by HTTP. */
export const X12Config = z.strictObject({
  kind: z.literal('x12'),
  url: z.url({ protocol: /^https?$/ }),
  /** Sent as `Authorization`, word for word: `Bearer …`, `Basic …`. */
  authorization: z.string().min(8).optional(),
  sender: Party,
  receiver: Party,
  /** T: a test that the partner does not book. */
  usage: z.enum(['P', 'T']).default('P'),
  /** Whose code names the item: VN the vendor's, SK the partner's own, UP a UPC … */
  itemQualifier: Qualifier.default('VN'),
  /** What the quantity is: 33 available for sale, 17 on hand … */
  quantityQualifier: Qualifier.default('33'),
  unit: Qualifier.default('EA'),
  /** One QTY a node (N1*WH), through the source's map; otherwise one an item. */
  byNode: z.boolean().default(false),
  itemsMax: z.number().int().min(1).max(5_000).default(500),
})
export type X12Config = z.infer<typeof X12Config>

/** Whole documents: partners mind how often they come. */
const LIMITS = { perSecond: 1 / 60, burst: 1, concurrency: 1 }
/** Control numbers have nine digits. */
const CONTROL_MAX = 1_000_000_000

/** One 846 a batch, POSTed; what comes back besides a success is left to the partner's 997. */
export function x12(config: X12Config): Destination {
  const { url, authorization, byNode, itemsMax } = config
  return {
    kind: 'x12',
    batchMax: itemsMax,
    limits: LIMITS,
    byNode,
    send: async (batch, key, now) => {
      const answer = await callChannel(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/edi-x12',
          'idempotency-key': key,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: inventoryAdvice(config, batch, now),
      })
      return refusalOfAll(answer, now) ?? allTaken(batch)
    },
  }
}

/**
 * The interchange. Its control number is the stream's number of the newest figure in it: it grows, and is the same when the
 * same batch is sent again, which is how a partner tells that it comes twice.
 */
export function inventoryAdvice(config: X12Config, batch: readonly Outgoing[], now: Instant): string {
  const { sender, receiver, usage } = config
  const [day, minute] = [
    formatInstant(now).slice(0, 10).replaceAll('-', ''),
    formatInstant(now).slice(11, 16).replace(':', ''),
  ]
  const number = Math.max(...batch.map(({ sequence }) => sequence)) % CONTROL_MAX
  const control = String(number).padStart(9, '0')
  const lines = batch.flatMap((it) => it.codes.map((code) => ({ it, code: elementOf(code) })))
  const body = [
    `BIA*00*SI*${control}*${day}*${minute}`,
    ...lines.flatMap(({ it, code }, i) => lineOf(config, it, code, i + 1)),
    `CTT*${lines.length}`,
  ]
  const party = ({ qualifier, id }: X12Config['sender']): string => `${qualifier}*${id.padEnd(15)}`
  const segments = [
    `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*${party(sender)}*${party(receiver)}*${day.slice(2)}*${minute}*U*00401*${control}*0*${usage}*>`,
    `GS*IB*${sender.id}*${receiver.id}*${day}*${minute}*${number}*X*004010`,
    'ST*846*0001',
    ...body,
    `SE*${body.length + 2}*0001`,
    `GE*1*${number}`,
    `IEA*1*${control}`,
  ]
  return segments.map((segment) => `${segment}~\n`).join('')
}

/** A node that is mapped and not listed has none: partners take what is missing for unchanged. */
function lineOf(
  { itemQualifier, quantityQualifier, unit, byNode }: X12Config,
  { figure, places }: Outgoing,
  code: string,
  number: number,
): string[] {
  const quantity = (units: number): string =>
    `QTY*${quantityQualifier}*${decimalOf(units, figure.decimals)}*${unit}`
  const line = `LIN*${number}*${itemQualifier}*${code}`
  if (!byNode) return [line, quantity(figure.availableToSell)]
  const atNodes = [...places].flatMap(([node, place]) => [
    quantity(figure.nodes?.find((it) => it.node === node)?.availableToSell ?? 0),
    `N1*WH**92*${elementOf(place)}`,
  ])
  return [line, ...atNodes]
}

/** Minor units as the decimal that they are: 1250 of two decimals is 12.5. */
function decimalOf(units: number, decimals: number): string {
  if (decimals === 0) return String(units)
  const digits = String(units).padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -decimals) : `${digits.slice(0, -decimals)}.${fraction}`
}

/** A code with a separator in it would be read as two: it goes out as a blank, and the partner says that it is unknown. */
const elementOf = (code: string): string => code.replaceAll(/[*~>\r\n]/g, ' ').trim()
