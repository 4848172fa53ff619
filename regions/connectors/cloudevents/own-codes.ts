import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { noItem, noPlace, unknownCode } from '../refusals.ts'

/** JSON objects as they came, before the schema has looked at them. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Mapped<T> = Result<T, Refusal>

/**
 * The event with our codes in place of the source's own. What is missing or of the wrong type stays, and the schema
 * names it: this only translates words.
 */
export function withOwnCodes(type: string, event: Fields, codes: Codes, where: string): Mapped<Fields> {
  const data = event['data']
  if (!isFields(data)) return ok(event)
  if (
    type.startsWith('plimsoll.stock.') ||
    type === 'plimsoll.receipt.expected' ||
    type === 'plimsoll.fulfilment.short'
  ) {
    return withSku(event, placed(unitMapped(data, codes), codes, where), codes, where)
  }
  if (type.startsWith('plimsoll.transfer.')) {
    return withSku(
      event,
      endsMapped(unitMapped(data, codes), type === 'plimsoll.transfer.shipped' ? 'from' : 'to', codes, where),
      codes,
      where,
    )
  }
  if (type.startsWith('plimsoll.order.')) return replaced(event, linesMapped(data, codes, where))
  if (type === 'plimsoll.source.heartbeat') return replaced(event, nodeListMapped(data, codes, where))
  return ok(event)
}

const replaced = (event: Fields, data: Mapped<Fields>): Mapped<Fields> =>
  data.ok ? ok({ ...event, data: data.value }) : data

/** `data.sku` and `subject` may both name the item, in the source's words; they must not name two. */
function withSku(event: Fields, data: Mapped<Fields>, codes: Codes, where: string): Mapped<Fields> {
  if (!data.ok) return data
  const named = data.value['sku'] ?? event['subject']
  if (named === undefined || named === '') return err(noItem(`${where}, data.sku`))
  if (typeof named !== 'string') return ok({ ...event, data: data.value })
  const sku = codes.sku(named)
  if (sku === null) {
    return err(
      unknownCode('sku', named, `${where}, ${data.value['sku'] === undefined ? 'subject' : 'data.sku'}`),
    )
  }
  const bySubject = typeof event['subject'] === 'string' ? codes.sku(event['subject']) : null
  if (bySubject !== null && bySubject !== sku) {
    const detail = `${where}: subject names ${bySubject}, data.sku names ${sku}`
    return err({ class: 'conflict', code: 'two-items', detail })
  }
  return ok({
    ...event,
    subject: sku,
    data: data.value['sku'] === undefined ? data.value : { ...data.value, sku },
  })
}

function placed(data: Fields, codes: Codes, where: string): Mapped<Fields> {
  if (data['node'] !== undefined) return nodesMapped(data, ['node'], codes, where)
  return codes.defaultNode === null
    ? err(noPlace(`${where}, data.node`))
    : ok({ ...data, node: codes.defaultNode })
}

function nodesMapped(data: Fields, keys: readonly string[], codes: Codes, where: string): Mapped<Fields> {
  const mapped: Record<string, unknown> = { ...data }
  for (const key of keys) {
    const foreign = data[key]
    if (typeof foreign !== 'string') continue
    const node = codes.node(foreign)
    if (node === null) return err(unknownCode('node', foreign, `${where}, data.${key}`))
    mapped[key] = node
  }
  return ok(mapped)
}

/** The end of a transfer where it happens has to be known here; the other may be a node of another region, by any name. */
function endsMapped(data: Fields, here: 'from' | 'to', codes: Codes, where: string): Mapped<Fields> {
  const there = here === 'from' ? 'to' : 'from'
  const far = data[there]
  const known = typeof far === 'string' ? (codes.node(far) ?? far) : far
  return nodesMapped({ ...data, ...(far === undefined ? {} : { [there]: known }) }, [here], codes, where)
}

const unitMapped = (data: Fields, codes: Codes): Fields =>
  typeof data['uom'] === 'string' ? { ...data, uom: codes.uom(data['uom']) } : data

/** An order is taken whole or not at all: a part of it, under the same id, would keep the rest out for good. */
function linesMapped(data: Fields, codes: Codes, where: string): Mapped<Fields> {
  if (!Array.isArray(data['lines'])) return ok(data)
  const lines: unknown[] = []
  for (const [index, line] of (data['lines'] as unknown[]).entries()) {
    if (!isFields(line)) {
      lines.push(line)
      continue
    }
    const spot = `${where}, data.lines.${index}`
    const mapped = nodesMapped(unitMapped(line, codes), ['node'], codes, spot)
    if (!mapped.ok) return mapped
    const foreign = line['sku']
    const sku = typeof foreign === 'string' ? codes.sku(foreign) : foreign
    if (sku === null && typeof foreign === 'string') return err(unknownCode('sku', foreign, `${spot}.sku`))
    lines.push({ ...mapped.value, sku })
  }
  return ok({ ...data, lines })
}

function nodeListMapped(data: Fields, codes: Codes, where: string): Mapped<Fields> {
  if (!Array.isArray(data['nodes'])) return ok(data)
  const nodes: unknown[] = []
  for (const foreign of data['nodes'] as unknown[]) {
    const node = typeof foreign === 'string' ? codes.node(foreign) : foreign
    if (node === null && typeof foreign === 'string')
      return err(unknownCode('node', foreign, `${where}, data.nodes`))
    nodes.push(node)
  }
  return ok({ ...data, nodes })
}
