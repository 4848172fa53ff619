import type { Item, Mapping, Node, Source } from '../../../shared/domain/master-data.ts'
import { gtin14Of } from '../../../shared/domain/gtin.ts'
import type { Policy, PolicyBody, PolicyKind } from '../../../shared/domain/policy.ts'
import type { Subject } from '../../../shared/domain/policy-scope.ts'
import { TIER_SETTINGS_DEFAULT, type Tier, type TierSettings } from '../../../shared/domain/tier.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Interning } from './interning.ts'
import { SkuIndex } from './sku-index.ts'
import { PolicyIndex } from './policy-index.ts'
import { isLater, type Rank } from './rank.ts'

type MasterKinds = { item: Item; node: Node; source: Source; mapping: Mapping; policy: Policy }
export type MasterKind = keyof MasterKinds

export type MasterRecord<K extends MasterKind = MasterKind> = {
  readonly kind: K
  readonly subject: string
  readonly body: MasterKinds[K]
  /** The later word stands; ties fall by source and id, alike on every replica. */
  readonly rank: Rank
}

/** Items, nodes, sources, code maps and policies: the latest word of each. */
export class MasterBook {
  readonly #records: { [K in MasterKind]: Map<string, MasterRecord<K>> } = {
    item: new Map(),
    node: new Map(),
    source: new Map(),
    mapping: new Map(),
    policy: new Map(),
  }
  /** By the sku's number: who derives figures of millions has that, and need not look a text up. */
  readonly #items: (Item | undefined)[] = []
  readonly #skus: Interning
  #policies = new PolicyIndex()
  #revision: { readonly version: number; readonly value: number } | null = null
  #supposed = 0
  readonly #skusByGtin = new SkuIndex()
  readonly #kitsWith = new SkuIndex()
  /** Grows with every change, so that what was computed from rules can be known to be old. */
  version = 0
  /** Records changed since the last checkpoint. */
  readonly dirty = new Set<MasterRecord>()

  constructor(skus: Interning) {
    this.#skus = skus
  }

  upsert<K extends MasterKind>(record: MasterRecord<K>): boolean {
    const standing = this.#records[record.kind].get(record.subject)
    if (standing && !isLater(record.rank, standing.rank)) return false
    if (standing) this.dirty.delete(standing as MasterRecord)
    this.restore(record)
    this.dirty.add(record as MasterRecord)
    return true
  }

  restore<K extends MasterKind>(record: MasterRecord<K>): void {
    if (record.kind === 'item') {
      this.#indexItem(record.subject, record.body as Item)
      this.#items[this.#skus.idOf(record.subject)] = record.body as Item
    }
    this.#records[record.kind].set(record.subject, record)
    if (record.kind === 'policy') this.#policies.put(record.body as Policy)
    this.version++
  }

  item = (sku: string): Item | undefined => this.#items[this.#skus.find(sku)]
  itemAt = (sku: number): Item | undefined => this.#items[sku]
  node = (node: string): Node | undefined => this.#records.node.get(node)?.body
  source = (source: string): Source | undefined => this.#records.source.get(source)?.body
  mapping = (source: string): Mapping | undefined => this.#records.mapping.get(source)?.body
  /** Where several items have the GTIN, the first by name, alike on every replica and after every start. */
  skuOfGtin = (gtin: string): string | undefined => [...this.#skusByGtin.of(gtin)].sort()[0]
  all = <K extends MasterKind>(kind: K): ReadonlyMap<string, MasterRecord<K>> => this.#records[kind]

  nodeOfGln(gln: string): string | undefined {
    for (const [node, { body }] of this.#records.node) if (body.gln === gln) return node
    return undefined
  }

  /** What the policy of a kind says whose scope names most of the subject; null when none applies at that moment. */
  policy<K extends PolicyKind>(kind: K, subject: Subject, now?: Instant): PolicyBody<K> | null {
    return (this.#policies.find(kind, subject, now)?.body as PolicyBody<K> | undefined) ?? null
  }

  /** The same with its scope, for who asks why. */
  policyFor = (kind: PolicyKind, subject: Subject, now?: Instant): Policy | null =>
    this.#policies.find(kind, subject, now)

  has = (kind: PolicyKind): boolean => this.#policies.has(kind)
  policiesOf = <K extends PolicyKind>(kind: K): Iterable<Extract<Policy, { kind: K }>> =>
    this.#policies.of(kind)

  /** The latest of the centre's activations among the policies in force; 0 when none is the centre's. */
  policyRevision(): number {
    if (this.#revision?.version !== this.version)
      this.#revision = { version: this.version, value: this.#policies.revision() }
    return this.#revision.value
  }

  /**
   * What work finds when these policies are in force as well. It may not wait for anything: for its length this book tells
   * everybody so. What is remembered by `version` is recomputed before and after, as it is another one meanwhile.
   */
  supposing<T>(policies: readonly Policy[], work: () => T): T {
    const [standing, version] = [this.#policies, this.version]
    this.#policies = standing.with(policies)
    this.version = -++this.#supposed
    try {
      return work()
    } finally {
      this.#policies = standing
      this.version = version
    }
  }

  channelsOf = (kind: PolicyKind): ReadonlySet<string> => this.#policies.channelsOf(kind)
  /** Scopes of policies that begin or cease to hold after one moment and up to another. */
  turning = (after: Instant, upTo: Instant): readonly string[] => this.#policies.turning(after, upTo)

  tierSettings(tier: Tier): TierSettings {
    return this.policy('tierSettings', { tier }) ?? TIER_SETTINGS_DEFAULT[tier]
  }

  /** The kits that an item goes into. */
  kitsWith = (sku: string): Iterable<string> => this.#kitsWith.of(sku)

  /** What an item is found by, in place of what it was found by before. */
  #indexItem(sku: string, item: Item): void {
    const before = this.item(sku)
    for (const component of before?.kit ?? []) this.#kitsWith.drop(component.sku, sku)
    for (const component of item.kit ?? []) this.#kitsWith.add(component.sku, sku)
    const [old, gtin] = [gtin14(before), gtin14(item)]
    if (old !== null) this.#skusByGtin.drop(old, sku)
    if (gtin !== null) this.#skusByGtin.add(gtin, sku)
  }
}

const gtin14 = (item: Item | undefined): string | null =>
  item?.gtin === undefined ? null : gtin14Of(item.gtin)
