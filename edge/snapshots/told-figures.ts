import type { EdgeFallback, Rules } from '../../shared/contract/push.ts'
import { edgeFallbackFor } from '../../shared/domain/rules.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { figureOf, type FigureAsk } from '../../shared/snapshot/figure.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import type { Standing } from './freshness.ts'
import type { Moment, RegionCopy, Slot } from './region-copy.ts'
import type { HotRow } from './region-store.ts'
import { silenceBehind } from './silent-nodes.ts'

/** A figure as it was worked out for one kind of asker, with the part of the answer's JSON that does not age. */
export type Told = {
  readonly sku: string
  readonly figure: number
  readonly tier: Tier
  readonly json: string
  readonly substitutes: readonly string[]
  /** What the sources behind it do to its standing; null for most. */
  readonly silence: Standing | null
  /** What happens to it when the region is silent; undefined where nothing was decided: it is served. */
  readonly fallback: EdgeFallback | undefined
}

/** `told` is null for a sku that isn't there at that moment. */
export type Telling = { readonly told: Told | null; readonly moment: Moment; readonly isCurrent: boolean }

type Remembered = Told & { readonly slot: Slot; readonly stamp: number; readonly hot: HotRow | undefined }

const NONE: readonly string[] = []

/** About 250 bytes each, so some 10 MB a region at worst. */
const REMEMBERED_MAX = 40_000
/** Channel, segment and node in every combination that callers use; a caller who tries them all starts us afresh. */
const ASKERS_MAX = 1_000

/**
 * What was told of one region, by asker and sku. The allocation is worked out again only when the row or the rules
 * changed, which costs a tenth of working it out: a query for a hundred skus is mostly this.
 */
export class ToldFigures {
  readonly #region: string
  readonly #copy: RegionCopy
  readonly #askers = new Map<string, Asker>()
  #rules: Rules | undefined
  #remembered = 0

  constructor(region: string, copy: RegionCopy) {
    this.#region = region
    this.#copy = copy
  }

  asker(ask: FigureAsk & { readonly channel: string }): Asker {
    if (
      this.#rules !== this.#copy.head?.rules ||
      this.#remembered > REMEMBERED_MAX ||
      this.#askers.size > ASKERS_MAX
    )
      this.#startAfresh()
    // None of the three can hold a blank.
    const name = `${ask.channel} ${ask.segment ?? ''} ${ask.node ?? ''}`
    let asker = this.#askers.get(name)
    if (!asker)
      this.#askers.set(name, (asker = { ask, prefix: prefixOf(this.#region, ask), told: new Map() }))
    return asker
  }

  /** What can be said without waiting; null when neither the shard nor an older copy that lists the sku is here. */
  tell(sku: string, asker: Asker): Telling | null {
    const known = asker.told.get(sku)
    if (known && isCurrent(known)) {
      this.#copy.noteUse(known.slot)
      return { told: known, moment: this.#copy.moment, isCurrent: true }
    }
    const slot = this.#copy.slotOf(sku)
    const found = this.#copy.find(sku)
    if ('missing' in found) {
      const older = this.#copy.findOlder(sku)
      // An older copy that lacks the sku can't tell: the sku may be new.
      return older?.row ? { ...older, told: this.#tellOf(older.row, asker) } : null
    }
    if (!found.row || !slot) return { ...found, told: null }
    const told = { ...this.#tellOf(found.row, asker), slot, stamp: slot.stamp, hot: slot.hot.get(sku) }
    asker.told.set(sku, told)
    this.#remembered++
    return { ...found, told }
  }

  /** The shard that it takes to tell of this sku, when it has to be brought in first; otherwise -1. */
  missingShardOf(sku: string, asker: Asker): number {
    const known = asker.told.get(sku)
    return known && isCurrent(known) ? -1 : this.#copy.missingShardOf(sku)
  }

  #tellOf(row: SnapshotRow, { ask, prefix }: Asker): Told {
    const { rules } = this.#copy.head!
    const { sku, tier, substitutes = NONE } = row
    const figure = figureOf(row, rules, ask)
    return {
      sku,
      figure,
      tier,
      json: toldJson(sku, prefix, figure, tier),
      substitutes,
      silence: silenceBehind(row, rules, ask.node),
      fallback: edgeFallbackFor(rules, row),
    }
  }

  #startAfresh(): void {
    this.#rules = this.#copy.head?.rules
    this.#askers.clear()
    this.#remembered = 0
  }
}

export type Asker = {
  readonly ask: FigureAsk
  /** The fields that are the same in each of its answers. */
  readonly prefix: string
  readonly told: Map<string, Remembered>
}

/** Without a look at where the sku lives, which costs a hash of its name. */
const isCurrent = ({ sku, slot, stamp, hot }: Remembered): boolean =>
  slot.stamp === stamp && hot === (slot.hot.size === 0 ? undefined : slot.hot.get(sku))

/**
 * The part of an answer that does not age. Joined, it is one text; added up, it would stay a tree of its parts that each answer
 * walks anew.
 */
export const toldJson = (sku: string, prefix: string, figure: number, tier: Tier): string =>
  ['{"sku":', JSON.stringify(sku), prefix, ',"availableToSell":', figure, ',"tier":"', tier, '"'].join('')

function prefixOf(region: string, { channel, segment, node }: FigureAsk): string {
  const place = `,"region":${JSON.stringify(region)},"channel":${JSON.stringify(channel)}`
  const inSegment = segment === undefined ? '' : `,"segment":${JSON.stringify(segment)}`
  return place + inSegment + (node === undefined ? '' : `,"node":${JSON.stringify(node)}`)
}
