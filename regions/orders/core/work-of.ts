import type { Books } from '../../ledger/core/books.ts'
import { type DemandLine, isOneSided, type LineWork } from '../../ledger/core/demand-line.ts'
import type { Component } from '../../ledger/core/kit-book.ts'

/**
 * What each node did for a line of an order, counted as the line is: a warehouse may work on a kit's parts one by one, and the
 * sets that are complete there are kits. One part that it can't find is a kit that it can't send.
 */
export function workOf(line: DemandLine, { demand, kits }: Books): ReadonlyMap<number, Readonly<LineWork>> {
  const components = kits.componentsOf(line.sku)
  if (components.length === 0) return line.work
  const parts = demand
    .linesOf(line.orderRef)
    .filter((it) => it.line === line.line && it !== line && isOneSided(it))
  if (parts.length === 0) return line.work
  const work = new Map<number, LineWork>()
  for (const node of new Set([line, ...parts].flatMap((it) => [...it.work.keys()]))) {
    const own = line.work.get(node) ?? NOTHING
    const of = ({ sku }: Component): LineWork => parts.find((it) => it.sku === sku)?.work.get(node) ?? NOTHING
    const sets = (what: 'picked' | 'shipped'): number =>
      Math.min(...components.map((it) => Math.floor(of(it)[what] / it.quantity)))
    const missed = Math.max(...components.map((it) => Math.ceil(of(it).short / it.quantity)))
    work.set(node, {
      picked: own.picked + sets('picked'),
      shipped: own.shipped + sets('shipped'),
      short: own.short + missed,
    })
  }
  return work
}

const NOTHING: LineWork = { picked: 0, shipped: 0, short: 0 }
