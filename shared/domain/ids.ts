import * as z from 'zod'

/** The identifiers of docs/glossary.md: schema and type share one name, so parsing is the only way to get one. */
export const Region = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,15}$/, 'a region is [a-z][a-z0-9-]{0,15}')
  .brand<'Region'>()
export type Region = z.infer<typeof Region>

const token = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

export const SourceId = z
  .string()
  .regex(token, 'a source is 1-64 letters, digits, - or _')
  .brand<'SourceId'>()
export type SourceId = z.infer<typeof SourceId>

export const NodeId = z.string().regex(token, 'a node is 1-64 letters, digits, - or _').brand<'NodeId'>()
export type NodeId = z.infer<typeof NodeId>

export const Sku = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'a sku is 1-64 printable ASCII characters, no blanks')
  .brand<'Sku'>()
export type Sku = z.infer<typeof Sku>

export const Channel = z.string().regex(token, 'a channel is 1-64 letters, digits, - or _').brand<'Channel'>()
export type Channel = z.infer<typeof Channel>

export const Segment = z.string().regex(token, 'a segment is 1-64 letters, digits, - or _').brand<'Segment'>()
export type Segment = z.infer<typeof Segment>

/** `channel:orderNumber`: ties a reservation, its ERP order, its picks and its shipment together. */
export const OrderRef = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}:[\x21-\x7e]{1,96}$/, 'an order ref is channel:orderNumber')
  .brand<'OrderRef'>()
export type OrderRef = z.infer<typeof OrderRef>

export const LineId = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'a line id is 1-64 printable ASCII characters')
  .brand<'LineId'>()
export type LineId = z.infer<typeof LineId>

export const Lot = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'a lot is 1-64 printable ASCII characters')
  .brand<'Lot'>()
export type Lot = z.infer<typeof Lot>

/** What allocation rules name: `channel` or `channel/segment`. */
export const DemandClass = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9_-]{0,63})?$/,
    'a demand class is channel or channel/segment',
  )
export type DemandClass = z.infer<typeof DemandClass>

export const demandClassOf = (channel: string, segment?: string): DemandClass =>
  segment ? `${channel}/${segment}` : channel

/** The channel of a demand class. */
export function channelOf(demandClass: DemandClass): string {
  const slash = demandClass.indexOf('/')
  return slash < 0 ? demandClass : demandClass.slice(0, slash)
}

/** What happens to a code from outside that is used as a NATS subject token or an id: never a way to inject. */
export const isSubjectToken = (text: string): boolean => token.test(text)
