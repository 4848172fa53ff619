import { allocate } from '../../../shared/domain/allocation.ts'
import {
  type AvailableToPromise,
  changesOf,
  type Dated,
  promiseByDay,
  type Promises,
} from '../../../shared/domain/promise.ts'
import type { Rules } from '../../../shared/contract/push.ts'
import { kitFigure, type KitPart } from '../../../shared/domain/kit.ts'
import { classFor, rulesFor } from '../../../shared/domain/rules.ts'
import { percentOf } from '../../../shared/domain/quantity.ts'
import { poolOf } from '../../../shared/domain/allocation.ts'
import { type Instant, startOfDay } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import { demandFor } from './demand-figures.ts'
import type { SkuFigures } from './figures.ts'
import { inTransitOf, type Supply } from './supply-book.ts'

const HORIZON_DAYS_DEFAULT = 30

export type PromiseAsk = { readonly channel?: string | undefined; readonly segment?: string | undefined }

/**
 * What can be promised of a sku day by day: stock, announced supply at nodes that sell, and all open demand by its day.
 * For a class it is what its fences, cap and buffer leave of that; of a kit also what can be put together by then.
 */
export function promiseOf(
  books: Books,
  figures: SkuFigures,
  rules: Pick<Rules, 'allocation'>,
  ask: PromiseAsk,
  now: Instant,
): AvailableToPromise[] {
  const policy = books.master.policy('atp', { sku: figures.sku, tier: figures.tier })
  const horizonDays = policy?.horizonDays ?? HORIZON_DAYS_DEFAULT
  const tree = treeOf(books, figures, rules, ask, now, horizonDays)
  return changesOf(startOfDay(now), tree.parts.length === 0 ? tree.own : kitPromises(tree))
}

/** On most days nothing changes, and putting a kit together is worth not doing again. */
function kitPromises(tree: PromiseTree): number[] {
  const promised: number[] = []
  for (let day = 0; day < daysOf(tree); day++)
    promised.push(isAsBefore(tree, day) ? promised[day - 1]! : kitFigure(partOn(tree, day)))
  return promised
}

/** As far as something of the kit or of a part is due. */
const daysOf = ({ own, parts }: PromiseTree): number =>
  parts.reduce((days, { tree }) => Math.max(days, daysOf(tree)), own.length)

/** The days behind the last are as that. */
const onDay = (own: readonly number[], day: number): number => own[Math.min(day, own.length - 1)]!

const isAsBefore = ({ own, parts }: PromiseTree, day: number): boolean =>
  day > 0 && onDay(own, day) === onDay(own, day - 1) && parts.every(({ tree }) => isAsBefore(tree, day))

/** What is promised of an item by itself, day by day, and of what a kit is put together from. */
type PromiseTree = {
  readonly sku: string
  readonly own: readonly number[]
  readonly parts: readonly { readonly quantity: number; readonly tree: PromiseTree }[]
}

/** A kit's components are looked at as far ahead as the kit. */
function treeOf(
  books: Books,
  figures: SkuFigures,
  rules: Pick<Rules, 'allocation'>,
  ask: PromiseAsk,
  now: Instant,
  horizonDays: number,
): PromiseTree {
  const parts = figures.kit.map(({ quantity, figures: part }) => ({
    quantity,
    tree: treeOf(books, part, rules, ask, now, horizonDays),
  }))
  return { sku: figures.sku, own: ownPromises(books, figures, rules, ask, now, horizonDays), parts }
}

function ownPromises(
  books: Books,
  figures: SkuFigures,
  rules: Pick<Rules, 'allocation'>,
  ask: PromiseAsk,
  now: Instant,
  horizonDays: number,
): readonly number[] {
  const policy = books.master.policy('atp', { sku: figures.sku, tier: figures.tier })
  const confidence = policy?.receiptConfidencePercent ?? 100
  const index = books.skus.find(figures.sku)
  const supply = books.supply.ofSku(index).flatMap((it) => arrivalOf(books, it, confidence))
  const demand: Dated[] = []
  for (const { dueDay, open } of demandFor(books, index, now)) demand.push({ at: dueDay, quantity: open })
  const { gross } = poolOf(figures.inputs, ask.channel)
  return sharedWith(promiseByDay({ now, gross, supply, demand, horizonDays }), figures, rules, ask)
}

const partOn = ({ sku, own, parts }: PromiseTree, day: number): KitPart => ({
  sku,
  own: onDay(own, day),
  parts: parts.map(({ quantity, tree }) => ({ quantity, part: partOn(tree, day) })),
})

/** A class's share of each day, by the same allocation that shares today's pool. */
function sharedWith(
  { promised, supplied }: Promises,
  figures: SkuFigures,
  rules: Pick<Rules, 'allocation'>,
  { channel, segment }: PromiseAsk,
): readonly number[] {
  if (channel === undefined) return promised
  const list = rulesFor(rules, figures)
  if (list.length === 0) return promised
  const demandClass = classFor(list, channel, segment)
  const today = poolOf(figures.inputs, channel)
  const shared: number[] = []
  for (let day = 0; day < promised.length; day++) {
    const [pool, gross] = [promised[day]!, supplied[day]!]
    const isAsBefore = day > 0 && pool === promised[day - 1] && gross === supplied[day - 1]
    const inputs =
      pool === today.pool && gross === today.gross
        ? figures.inputs
        : { ...figures.inputs, byChannel: undefined, gross, pool }
    shared.push(isAsBefore ? shared[day - 1]! : allocate(inputs, list, demandClass).availableToSell)
  }
  return shared
}

/** What is still to come under a reference, and when; null without a day. */
export function toComeOf(it: Supply): { readonly quantity: number; readonly at: Instant | null } {
  const quantity =
    it.expected === null ? inTransitOf(it) : Math.max(0, it.expected.quantity - it.received - it.receipts)
  return { quantity, at: it.expected?.expectedAt ?? it.dueAt }
}

/** On the day it is due; supply without a day is promised to nobody. */
function arrivalOf(books: Books, it: Supply, confidence: number): Dated[] {
  if (books.master.node(books.nodes.textOf(it.node))?.sells !== true) return []
  const { quantity, at } = toComeOf(it)
  return at === null || quantity === 0 ? [] : [{ at, quantity: percentOf(quantity, confidence) }]
}
