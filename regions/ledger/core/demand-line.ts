import { type Instant, startOfDay } from '../../../shared/kernel/clock.ts'
import type { Component } from './kit-book.ts'
import type { LineWant } from './line-want.ts'
import type { Rank } from './rank.ts'
import { type HeldLine, isLive } from './reservation.ts'
import { FewMap } from './few-map.ts'

/** Where a shipment names no line of its order. */
export const LINE_DEFAULT = '1'

/** What an order says of a line: the latest word stands. */
export type LineTerms = LineWant & {
  /** The word's rank: later time, then a change over an acceptance, then source and id. */
  readonly rank: readonly [time: Instant, isChange: number, source: string, id: string]
}

/** What a node did for a line; `short` is what it could not find. */
export type LineWork = { picked: number; shipped: number; short: number }

const NO_WORK: ReadonlyMap<number, LineWork> = new Map()

export type Sourcing = {
  readonly nodes: readonly { readonly node: number; readonly quantity: number }[]
  readonly rank: Rank
}

/** One line of an order, and all that happened to it. The counters only grow, so order and lateness do not matter. */
export type DemandLine = HeldLine & {
  terms: LineTerms | null
  cancelled: number
  isCancelledWhole: boolean
  /** By node, interned. */
  work: ReadonlyMap<number, LineWork>
  /** Which nodes are to serve it: the hub's latest word. */
  sourcing: Sourcing | null
  /** When the hub first heard of the line. */
  firstHeardAt: Instant
  /** What those who did not name it call it: `source\nline`. */
  aliases: readonly string[]
}

const NO_ALIASES: readonly string[] = []

/** A line of which nothing is known yet but that it was heard of. */
export const newLine = (orderRef: string, line: string, sku: number, heardAt: Instant): DemandLine => ({
  orderRef,
  line,
  sku,
  terms: null,
  cancelled: 0,
  isCancelledWhole: false,
  work: NO_WORK,
  sourcing: null,
  holds: new FewMap(),
  firstHeardAt: heardAt,
  lastHeardAt: heardAt,
  aliases: NO_ALIASES,
})

/** A part of a line's open demand: at a node, or (-1) not assigned to one yet. */
export type DemandPart = {
  readonly sku: number
  readonly demandClass: string
  readonly node: number
  /** Start of the UTC day; 0 is due now. */
  readonly dueDay: Instant
  /** reserved − shipped − cancelled. Negative where a kit's components were worked on and the kit still counts whole. */
  readonly open: number
  /** picked − shipped */
  readonly picked: number
}

export const UNASSIGNED = -1
/** Demand whose order has not been seen yet (a pick came first). */
export const CLASS_UNKNOWN = ''

type Names = {
  readonly nodeName: (node: number) => string
  readonly skuName: (sku: number) => string
  readonly componentsOf: (kit: number) => readonly Component[]
}

/**
 * The open demand of one line of an order. A line is of one sku, but a warehouse may work on a kit's components under
 * the kit's own line: then the sets that are complete stand for kits, and what is beyond them counts towards the next.
 */
export function openParts(members: readonly DemandLine[], names: Names): DemandPart[] {
  if (members.length === 1) return partsOf(members[0]!, wantsOf(members[0]!), 0, names)
  const latest = latestRank(members)
  const wanted = new Map(
    members.map((it) => [it, isSuperseded(it, latest) ? NO_WANTS : wantsOf(it)] as const),
  )
  const wants = (it: DemandLine): readonly LineWant[] => wanted.get(it)!
  const kit = members
    .filter((it) => wants(it).length > 0 && names.componentsOf(it.sku).length > 0)
    .sort((a, b) => (names.skuName(a.sku) < names.skuName(b.sku) ? -1 : 1))[0]
  const components = kit ? names.componentsOf(kit.sku) : []
  const isPart = (it: DemandLine): boolean =>
    it !== kit && wants(it).length === 0 && components.some(({ sku }) => sku === it.sku)
  const parts = members.filter((it) => kit !== undefined && isPart(it))
  if (kit === undefined || parts.length === 0)
    return members.flatMap((it) => partsOf(it, wants(it), 0, names))
  const doneOf = (sku: number): number =>
    parts.filter((it) => it.sku === sku).reduce((sum, it) => sum + done(it), 0)
  const sets = Math.min(...components.map(({ sku, quantity }) => Math.floor(doneOf(sku) / quantity)))
  const own = partsOf(kit, wants(kit), sets, names)
  const open = own.reduce((sum, part) => sum + part.open, 0)
  const want = wants(kit)[0]!
  return [
    ...members
      .filter((it) => it !== kit && !parts.includes(it))
      .flatMap((it) => partsOf(it, wants(it), 0, names)),
    ...own,
    ...parts.flatMap((it) => inHand(it, want.demandClass, names)),
    ...components.flatMap(({ sku, quantity }) => {
      const credit = Math.min(open * quantity, doneOf(sku) - sets * quantity)
      return credit > 0 ? [{ sku, ...baseOf(want), node: want.node, open: -credit, picked: 0 }] : []
    }),
  ]
}

/**
 * Goods picked for an unpinned line are demand where they were picked; the rest is unassigned. A pick without its order
 * counts as what it is: goods promised at that node.
 */
function partsOf(line: DemandLine, wants: readonly LineWant[], covered: number, names: Names): DemandPart[] {
  if (line.isCancelledWhole) return []
  if (wants.length === 0) return inHand(line, CLASS_UNKNOWN, names)
  let closed = line.cancelled + shippedOf(line) + covered
  const work = workOf(line, names)
  const sourced = sourcedLeft(line)
  const parts: DemandPart[] = []
  for (const want of wants) {
    let left = Math.max(0, want.quantity - closed)
    closed = Math.max(0, closed - want.quantity)
    for (const it of work) {
      const within = Math.min(it.picked, left)
      left -= within
      it.picked -= within
      if (within > 0)
        parts.push({ sku: line.sku, ...baseOf(want), node: it.node, open: within, picked: within })
    }
    for (const it of want.node === UNASSIGNED ? sourced : []) {
      const within = Math.min(it.quantity, left)
      left -= within
      it.quantity -= within
      if (within > 0) parts.push({ sku: line.sku, ...baseOf(want), node: it.node, open: within, picked: 0 })
    }
    if (left > 0) parts.push({ sku: line.sku, ...baseOf(want), node: want.node, open: left, picked: 0 })
  }
  return parts
}

/** What each node has still to do of what was assigned to it. */
function sourcedLeft({ sourcing, work }: DemandLine): { node: number; quantity: number }[] {
  if (sourcing === null) return []
  return sourcing.nodes.map(({ node, quantity }) => {
    const { picked = 0, shipped = 0, short = 0 } = work.get(node) ?? {}
    return { node, quantity: Math.max(0, quantity - Math.max(picked, shipped) - short) }
  })
}

const NO_WANTS: readonly LineWant[] = []

/** The latest word on an order's line, whichever sku it names; null while only holds and work are known. */
export function latestRank(members: readonly DemandLine[]): LineTerms['rank'] | null {
  let latest: LineTerms['rank'] | null = null
  for (const { terms } of members)
    if (terms !== null && (latest === null || outranks(terms.rank, latest))) latest = terms.rank
  return latest
}

/** A line is of one sku: a later word that names another takes the demand, and the holds made for it, with it. */
export const isSuperseded = ({ terms }: DemandLine, latest: LineTerms['rank'] | null): boolean =>
  latest !== null && (terms === null || outranks(latest, terms.rank))

/** An order's word, once it is known, stands for the holds that were made for it: nothing is counted twice. */
function wantsOf(line: DemandLine): readonly LineWant[] {
  if (line.terms !== null) return [line.terms]
  if (line.holds.size <= 1) {
    const { first } = line.holds
    return first !== null && isLive(first) ? [line.holds.get(first)!] : NO_WANTS
  }
  return [...line.holds]
    .filter(([reservation]) => isLive(reservation))
    .sort(([a], [b]) => (a.id < b.id ? -1 : 1))
    .map(([, want]) => want)
}

/** Whether only one side of the line's story is known: work or a cancellation, and no word of what was ordered. */
export const isOneSided = ({ terms, holds }: DemandLine): boolean => terms === null && holds.size === 0

/** Nothing was ever said of it but by holds. */
export const isOnlyHeld = (line: DemandLine): boolean =>
  line.terms === null &&
  line.sourcing === null &&
  line.work.size === 0 &&
  line.aliases.length === 0 &&
  line.cancelled === 0 &&
  !line.isCancelledWhole

const baseOf = ({ demandClass, dueAt }: LineWant) => ({
  demandClass,
  dueDay: dueAt < 0 ? 0 : startOfDay(dueAt),
})

const shippedOf = ({ work }: DemandLine): number => {
  let sum = 0
  for (const { shipped } of work.values()) sum += shipped
  return sum
}

const done = ({ work }: DemandLine): number => {
  let sum = 0
  for (const { picked, shipped } of work.values()) sum += Math.max(picked, shipped)
  return sum
}

/** Picked and not shipped yet, in the order of the nodes' names, so that every replica splits alike. */
function workOf(line: DemandLine, { nodeName }: Names): { node: number; picked: number }[] {
  if (line.work.size === 0) return []
  const work: { node: number; picked: number }[] = []
  for (const [node, { picked, shipped }] of line.work)
    if (picked > shipped) work.push({ node, picked: picked - shipped })
  if (work.length > 1) work.sort((a, b) => (nodeName(a.node) < nodeName(b.node) ? -1 : 1))
  return work
}

const inHand = (line: DemandLine, demandClass: string, names: Names): DemandPart[] =>
  line.isCancelledWhole
    ? []
    : workOf(line, names).map(({ node, picked }) => ({
        sku: line.sku,
        demandClass,
        node,
        dueDay: 0,
        open: picked,
        picked,
      }))

/** Whether a later word about the line replaces the one that stands. */
export function outranks(a: LineTerms['rank'], b: LineTerms['rank']): boolean {
  for (let i = 0; i < 4; i++) if (a[i] !== b[i]) return a[i]! > b[i]!
  return false
}

export function workAt(line: DemandLine, node: number): LineWork {
  const known = line.work.get(node)
  if (known) return known
  const made = { picked: 0, shipped: 0, short: 0 }
  line.work = new Map([...line.work, [node, made]])
  return made
}

export const aliasOf = (source: string, name: string): string => `${source}\n${name}`

/** A handful of systems tell of an order at most. */
const ALIASES_MAX = 16

export function noteName(line: DemandLine, source: string, name: string): void {
  const alias = aliasOf(source, name)
  if (!line.aliases.includes(alias) && line.aliases.length < ALIASES_MAX)
    line.aliases = [...line.aliases, alias]
}

export const isNamedBy = ({ aliases }: Pick<DemandLine, 'aliases'>, source: string): boolean =>
  aliases.some((alias) => alias.startsWith(aliasOf(source, '')))
