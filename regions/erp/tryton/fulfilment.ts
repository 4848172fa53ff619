import * as z from 'zod'
import { decimalOf, unitsOf } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { readLineNote } from '../../connectors/tryton/line-note.ts'
import type { ErpRefusal } from '../../orders/erp.ts'
import type { ForeignCodes } from './directory.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'

const Id = z.number().int()
export const Shipment = z.object({ id: Id, state: z.string() })
/** The states of a shipment that can be called off: nothing of it has left the shelf. */
export const UNTOUCHED = new Set(['draft', 'waiting', 'assigned', 'cancelled'])
export type Shipment = z.infer<typeof Shipment>

const Move = z.object({
  id: Id,
  state: z.enum(['staging', 'draft', 'assigned', 'done', 'cancelled']),
  internal_quantity: z.number(),
  origin: z.string().nullable(),
  'product.': z.object({ code: z.string().nullable() }),
})
const Component = z.object({ id: Id, line: Id })

/** One move of an order's goods, with the order's own line. */
export type OrderMove = {
  readonly id: number
  readonly state: z.infer<typeof Move>['state']
  readonly line: string
  readonly sku: string
  /** Base units. */
  readonly quantity: number
  /** From the shelf to the dock, or out of the door. */
  readonly leg: 'pick' | 'ship'
}

const MOVE_FIELDS = ['state', 'internal_quantity', 'origin', 'product.code']
/** Two moves a line, and a line more for each component and each partial assignment. */
const MOVES_MAX = 10_000

/** All moves of a sale's shipments. A pick names the move it serves, that one the sale's line or a kit's component. */
export async function movesOf(
  records: Records,
  sale: Sale,
  codes: ForeignCodes,
): Promise<Result<OrderMove[], ErpRefusal>> {
  const references = sale.shipments.map((id) => `stock.shipment.out,${id}`)
  if (references.length === 0) return ok([])
  const found = await records.search('stock.move', [['shipment', 'in', references]], Move, {
    fields: MOVE_FIELDS,
    limit: MOVES_MAX,
  })
  if (!found.ok) return found
  const componentIds = found.value.flatMap(({ origin }) => idIn(origin, 'sale.line.component') ?? [])
  const components = await records.read('sale.line.component', componentIds, Component, ['line'])
  if (!components.ok) return components
  const lines = new Map(sale['lines.'].map(({ id, note }) => [id, readLineNote(note)?.line ?? String(id)]))
  const byId = new Map(found.value.map((move) => [move.id, move]))
  const lineOf = (origin: string | null): string | undefined => {
    const component = components.value.find(({ id }) => id === idIn(origin, 'sale.line.component'))
    return lines.get(component?.line ?? idIn(origin, 'sale.line') ?? -1)
  }
  const moves: OrderMove[] = []
  for (const move of found.value) {
    const served = byId.get(idIn(move.origin, 'stock.move') ?? -1)
    const line = lineOf((served ?? move).origin)
    const code = move['product.'].code
    if (line === undefined || code === null) continue
    const sku = codes.ourSku(code)
    const stated = decimalOf(String(move.internal_quantity))
    const units = stated && unitsOf(stated, codes.decimals(sku))
    if (units === null)
      return err({
        code: 'not-exact',
        detail: `${code}: ${move.internal_quantity} has more digits than the item`,
      })
    const quantity = Number(units)
    moves.push({ id: move.id, state: move.state, line, sku, quantity, leg: served ? 'pick' : 'ship' })
  }
  return ok(moves)
}

/** The id in a reference such as `sale.line,12`, when it is one to that model. */
function idIn(reference: string | null, model: string): number | null {
  const m = /^([a-z._]+),(\d+)$/.exec(reference ?? '')
  return m && m[1] === model ? Number(m[2]) : null
}
