import * as z from 'zod'
import type { Disposition } from '../../../shared/contract/events.ts'
import { NodeId } from '../../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { noPlace, unknownCode } from '../refusals.ts'
import type { Reading } from './page.ts'

const Span = z.object({ left: z.number().int(), right: z.number().int() })
const Warehouse = z.object({
  code: z.string().nullable(),
  'storage_location.': Span.nullable(),
  'output_location.': Span.nullable(),
})
export const Location = z.object({
  type: z.string(),
  left: z.number().int(),
  'warehouse.': Warehouse.nullable(),
})
export type Location = z.infer<typeof Location>

/** Where one end of a move is, as the hub sees it. */
export type Place =
  | { readonly kind: 'node'; readonly node: string; readonly state: Disposition }
  /** A warehouse of another region. */
  | { readonly kind: 'elsewhere'; readonly node: string }
  /** A supplier, a customer, what was lost, and the way between two warehouses: nobody's stock. */
  | { readonly kind: 'outside'; readonly type: string }

/**
 * All that lies within a warehouse is on hand. It is for sale on the shelves and at the dock of what goes out; at the dock of
 * what comes in, and in any other corner, nobody may sell it yet.
 */
export function placeOf(location: Location, { page, codes }: Reading, where: string): Result<Place, Refusal> {
  const warehouse = location['warehouse.']
  if (location.type !== 'storage' || warehouse === null) return ok({ kind: 'outside', type: location.type })
  const { code } = warehouse
  if (code === null) return err(noPlace(where))
  if (page.warehouses && !page.warehouses.includes(code)) {
    const node = otherNode(code, codes.node)
    return node === null ? err(unknownCode('node', code, where)) : ok({ kind: 'elsewhere', node })
  }
  const node = codes.node(code)
  if (node === null) return err(unknownCode('node', code, where))
  const isShelf = isWithin(location, warehouse['storage_location.'])
  const isDock = isWithin(location, warehouse['output_location.'])
  return ok({ kind: 'node', node, state: isShelf || isDock ? 'sellable' : 'quarantined' })
}

/** A node that this region need not know: its code is its name. */
export function otherNode(code: string, known: (code: string) => string | null): string | null {
  return known(code) ?? NodeId.safeParse(code).data ?? null
}

const isWithin = ({ left }: Location, span: z.infer<typeof Span> | null): boolean =>
  span !== null && span.left <= left && left < span.right
