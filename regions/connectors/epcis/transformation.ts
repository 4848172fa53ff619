import { canonicalEvent } from '../canonical-event.ts'
import type { Draft } from '../translation.ts'
import { type Happening, refused, startOutcome } from './happening.ts'
import { nodeOf } from './places.ts'
import { baseOf } from './stock-effects.ts'
import { type StockLine, stockLines } from './stock-lines.ts'

/**
 * A transformation uses up its inputs and makes its outputs (a kit built, goods repacked): adjustments down and up. It is
 * taken whole or not at all, since half of it would lose stock or make some.
 */
export function transformation(happening: Happening): Draft {
  const { event, codes, where } = happening
  const inputs = stockLines(event.inputEPCList, event.inputQuantityList, codes, `${where}, inputs`)
  const outputs = stockLines(event.outputEPCList, event.outputQuantityList, codes, `${where}, outputs`)
  const refusals = [inputs, outputs].flatMap((side) => startOutcome(side, where).refusals)
  const node = nodeOf(event, 'stays', codes, where)
  if (!node.ok) refusals.push(node.error)
  if (refusals.length > 0 || !node.ok) return refused(refusals)
  const made = [
    ...inputs.lines.map((line) => adjusted(happening, line, node.value, 'input')),
    ...outputs.lines.map((line) => adjusted(happening, line, node.value, 'output')),
  ].filter((it) => it !== null)
  const failed = made.filter((it) => !it.ok).map((it) => it.error)
  if (failed.length > 0) return refused(failed)
  const events = made.filter((it) => it.ok).map((it) => it.value)
  return { events, refusals: [], warnings: [...inputs.warnings, ...outputs.warnings] }
}

function adjusted(happening: Happening, line: StockLine, node: string, side: 'input' | 'output') {
  const { sku, lot, uom, quantity } = line
  if (quantity === 0) return null
  const base = baseOf(happening, { ...line, key: `${side}/${line.key}` })
  const signed = side === 'input' ? -quantity : quantity
  const data = { sku, node, lot, uom, quantity: signed, reason: `epcis transformation ${side}` }
  return canonicalEvent({ ...base, type: 'plimsoll.stock.adjusted', data }, happening.where)
}
