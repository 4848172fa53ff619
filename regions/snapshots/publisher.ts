import type { Logger } from 'pino'
import type { EdgeStatus } from '../../shared/contract/edge-api.ts'
import { encodePush } from '../../shared/contract/push.ts'
import type { Region } from '../../shared/domain/ids.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import { CurrentRules } from '../ledger/core/current-rules.ts'
import { tierOf } from '../ledger/core/tier-of.ts'
import { type Batch, Compactor } from './compactor.ts'
import type { EdgeClient, PushOutcome } from './edge-client.ts'
import { EdgeDelays } from './edge-delays.ts'
import { Pace } from './pace.ts'
import { movementOf } from './publish-band.ts'
import { Rebuild } from './rebuild.ts'
import { type BuiltShard, ShardBuilder } from './shard-builder.ts'
import { ToldRows } from './told-rows.ts'

/** No news is said this often, so that "no change" is never taken for "no news". */
const HEARTBEAT_MS = 1_000
const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000] as const

/** What the edge must hold at a version, by shard; '' where changes still wait. */
export type EdgeDigests = { readonly version: number; readonly digests: readonly string[] }

const DIGESTS_EVERY_MS = 5_000
/** A fresh start of more bytes goes in parts: the edge takes 16 MB, and has 128 MB for everything. */
const PART_BYTES_MAX = 4 * 1024 * 1024

/** What was sent, until the edge has answered. */
type Sent = {
  readonly toVersion: number
  readonly rulesVersion: number
  readonly batch: Batch
  readonly rows: readonly SnapshotRow[]
  readonly shards: readonly BuiltShard[]
}

/**
 * Keeps the edge's copy of a region: what the compactor finds due is pushed, one push at a time. A push that fails puts its
 * skus back, so the next one carries the newest figures and no backlog; a gap is answered with the whole region.
 */
export class Publisher {
  readonly #ledger: Ledger
  readonly #edge: EdgeClient
  readonly #clock: Clock
  readonly #log: Logger
  readonly #region: Region
  readonly #epoch: number
  readonly #compactor: Compactor
  readonly #pace = new Pace()
  readonly #delays = new EdgeDelays()
  readonly #builder: ShardBuilder
  readonly #told = new ToldRows()
  readonly #rules: CurrentRules
  /** Rows as they are in this turn, worked out once for the decision and the push. */
  readonly #lookedAt = new Map<number, SnapshotRow | null>()
  readonly #partBytesMax: number
  readonly #onDigests: (digests: EdgeDigests) => void
  readonly #sequenceAtFirst: number
  /** 0: the edge has to be given everything. */
  #version = 0
  /** A fresh start in our own epoch has to be above what the edge holds, or it takes it for a repetition. */
  #versionMin = 0
  #acknowledgedAt: Instant | null = null
  #rowsOut = 0
  #rulesVersion = -1
  #digestsAt = 0
  #failures = 0
  #fault: string | null = null
  #rebuild: Rebuild | null = null
  #isPaused = false
  #isUnderWay = false
  #stopped = false
  #wake: (() => void) | null = null
  #running: Promise<void> | null = null

  constructor(parts: {
    ledger: Ledger
    edge: EdgeClient
    clock: Clock
    log: Logger
    region: Region
    epoch: number
    shardCount: number
    onDigests: (digests: EdgeDigests) => void
    partBytesMax?: number
  }) {
    this.#ledger = parts.ledger
    this.#rules = new CurrentRules(parts.ledger)
    this.#edge = parts.edge
    this.#clock = parts.clock
    this.#log = parts.log
    this.#region = parts.region
    this.#epoch = parts.epoch
    this.#onDigests = parts.onDigests
    this.#partBytesMax = parts.partBytesMax ?? PART_BYTES_MAX
    this.#sequenceAtFirst = parts.ledger.sequence
    this.#builder = new ShardBuilder(parts.ledger, parts.region, parts.shardCount)
    this.#compactor = new Compactor({
      settings: (tier) => this.#ledger.books.master.tierSettings(tier),
      windowMs: (settings) => this.#pace.windowMs(settings),
      shardOf: this.#builder.shardOf,
      movement: (sku, band) => {
        const told = this.#told.find(this.#builder.shardOf(sku), this.#ledger.books.skus.textOf(sku))
        const row = this.#builder.row(sku)
        this.#lookedAt.set(sku, row)
        return movementOf(told, row, () => this.#rules.get(), band)
      },
    })
  }

  status(): EdgeStatus {
    const eventsIn = this.#ledger.sequence - this.#sequenceAtFirst
    const windowOf = (tier: Tier): number =>
      Math.round(this.#pace.windowMs(this.#ledger.books.master.tierSettings(tier)))
    return {
      version: this.#version,
      acknowledgedAt: this.#acknowledgedAt === null ? null : formatInstant(this.#acknowledgedAt),
      dirtySkus: this.#compactor.waiting,
      eventsIn,
      rowsOut: this.#rowsOut,
      epoch: this.#epoch,
      state: this.#isPaused ? 'paused' : this.#failures > 0 ? 'failing' : 'pushing',
      fault: this.#fault,
      heldSkus: this.#compactor.held,
      compaction: this.#rowsOut === 0 ? null : eventsIn / this.#rowsOut,
      pushMs: this.#pace.pushMs,
      delays: this.#delays.view(),
      windowMs: { A: windowOf('A'), B: windowOf('B'), C: windowOf('C') },
      rebuild: this.#rebuild?.view() ?? null,
    }
  }

  /** The figures of these skus may be others now. */
  mark(skus: Iterable<number>): void {
    const now = this.#clock.now()
    const { books } = this.#ledger
    for (const sku of skus) {
      this.#compactor.mark(sku, tierOf(books, sku, now), now)
      this.#builder.touch(sku)
    }
    this.#wake?.()
  }

  /** What the edge must hold of a shard, but for skus that it may have otherwise, as their changes wait or are held. */
  rowsOf(shard: number): readonly SnapshotRow[] {
    const { skus } = this.#ledger.books
    const behind = new Set([...this.#compactor.behindIn(shard)].map((sku) => skus.textOf(sku)))
    return this.#builder.rowsOf(shard).filter(({ sku }) => !behind.has(sku))
  }

  /** Whether the edge holds this very version, and nothing is on its way to it. */
  isAt(epoch: number, version: number): boolean {
    return !this.#isUnderWay && epoch === this.#epoch && version === this.#version
  }

  /** Sends a shard once more, as a whole. */
  resend(shard: number): void {
    if (shard >= this.#builder.shardCount) return
    this.#compactor.wantWhole([shard])
    this.#wake?.()
  }

  /** Sends the shards of these skus, or all, as the ledger has them, whatever the edge was told before. */
  rebuild(skus?: Iterable<number>): void {
    const shards = skus ? [...new Set([...skus].map(this.#builder.shardOf))] : this.#allShards()
    this.#rebuild = new Rebuild(shards, this.#clock.now())
    this.#compactor.wantWhole(shards)
    this.#log.info({ shards: shards.length }, 'shards are built anew from the ledger for the edge')
    this.#wake?.()
  }

  /** Nothing is pushed, not even a heartbeat: to the edge the region is silent. What changes meanwhile waits. */
  pause(): void {
    this.#isPaused = true
    this.#log.warn('pushes to the edge are paused')
  }

  resume(): void {
    this.#isPaused = false
    this.#log.info('pushes to the edge are resumed')
    this.#wake?.()
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (!this.#isPaused) await this.#turn()
      await this.#sleep(this.#failures > 0 ? RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1]! : null)
    }
  }

  async #turn(): Promise<void> {
    const startedAt = this.#clock.now()
    this.#compactor.wantWhole(this.#told.tooMuchLaidOver(startedAt))
    const batch =
      this.#version === 0
        ? this.#compactor.takeAll(this.#allShards(), startedAt)
        : this.#compactor.take(startedAt)
    this.#isUnderWay = true
    try {
      await this.#push(batch, startedAt)
    } catch (error) {
      this.#compactor.putBack(batch)
      this.#fault = String(error)
      if (this.#failures++ === 0)
        this.#log.warn({ error: this.#fault }, 'the edge did not take a push; trying on')
    } finally {
      this.#isUnderWay = false
    }
  }

  async #push(batch: Batch, now: Instant): Promise<void> {
    const isWhole = this.#version === 0
    const rulesVersion = this.#rules.version
    const { hot, shards } = batch
    const isChange = isWhole || hot.length > 0 || shards.length > 0 || this.#rulesVersion !== rulesVersion
    // Where nothing waits, the edge has what the ledger has, although entries were journaled that changed no figure.
    const isLevel = this.#compactor.waiting === 0
    const toVersion = isChange
      ? Math.max(this.#version + 1, this.#ledger.sequence, this.#versionMin)
      : Math.max(this.#version, isLevel ? this.#ledger.sequence : 0)
    const header = {
      format: 1 as const,
      region: this.#region,
      epoch: this.#epoch,
      fromVersion: this.#version,
      toVersion,
      asOf: formatInstant(now),
      tierAsOf: this.#tierAsOf(now),
      shardCount: this.#builder.shardCount,
      ...(isWhole || this.#rulesVersion !== rulesVersion ? { rules: this.#rules.get() } : {}),
    }
    const rows = hot.map((sku) => this.#lookedAt.get(sku) ?? null).filter((row) => row !== null)
    this.#lookedAt.clear()
    const hotPart = rows.length > 0 ? this.#builder.buildHot(rows, toVersion, now) : null
    const built: BuiltShard[] = []
    let from = 0
    for (const shard of shards) {
      built.push(await this.#builder.build(shard, toVersion, now))
      if (!isWhole || bytesOf(built, from) < this.#partBytesMax || built.length === shards.length) continue
      const outcome = await this.#send(encodePush({ ...header, part: 'more' }, null, built.slice(from)))
      if (outcome.kind === 'gap')
        return this.#settle(outcome, { toVersion, rulesVersion, batch, rows, shards: [] })
      from = built.length
    }
    const last = {
      ...(isWhole ? {} : { changed: this.#changed(batch) }),
      ...(from > 0 ? { part: 'last' as const } : {}),
    }
    const outcome = await this.#send(encodePush({ ...header, ...last }, hotPart, built.slice(from)))
    await this.#settle(outcome, { toVersion, rulesVersion, batch, rows, shards: built })
  }

  async #send(body: Uint8Array<ArrayBuffer>): Promise<PushOutcome> {
    const sentAt = this.#clock.now()
    // How long everything takes says nothing of how long a change does.
    const outcome = await this.#edge.push(body).finally(() => {
      if (this.#version > 0) this.#pace.noteMs(this.#clock.now() - sentAt)
    })
    if (this.#failures > 0) this.#log.info('the edge takes pushes again')
    this.#failures = 0
    this.#fault = null
    return outcome
  }

  async #settle(outcome: PushOutcome, sent: Sent): Promise<void> {
    const { batch, rows, shards } = sent
    if (outcome.kind === 'applied') {
      this.#version = sent.toVersion
      this.#rulesVersion = sent.rulesVersion
      this.#acknowledgedAt = this.#clock.now()
      this.#delays.note(batch, this.#acknowledgedAt)
      this.#rowsOut += (rows.length > 0 ? 1 : 0) + shards.length + 1
      for (const { shard, body } of shards) this.#told.noteShard(shard, body)
      for (const row of rows)
        this.#told.noteRow(this.#builder.shardOfName(row.sku), row, this.#acknowledgedAt)
      this.#rebuild?.noteTold(batch.shards, this.#acknowledgedAt)
      return this.#tellDigests()
    }
    if (outcome.epoch > this.#epoch)
      throw new Error(
        `the edge has a newer writer of this region (epoch ${outcome.epoch}, ours is ${this.#epoch})`,
      )
    // An answer that was lost: the edge has what we sent. Anything else: it gets the whole region.
    const isOurs = outcome.epoch === this.#epoch
    this.#version = isOurs && outcome.version === sent.toVersion ? outcome.version : 0
    if (isOurs) this.#versionMin = outcome.version + 1
    this.#compactor.putBack(batch)
  }

  /** Right after a push, while the edge holds exactly this version: the centre compares the two. */
  async #tellDigests(): Promise<void> {
    const now = this.#clock.now()
    if (now - this.#digestsAt < DIGESTS_EVERY_MS) return
    this.#digestsAt = now
    const before = this.#compactor.shardsBehind()
    const isDue = (): boolean => this.#compactor.dueIn(this.#clock.now()) === 0
    const digests = await this.#builder.digests((shard) => before.has(shard), isDue)
    // What changed while they were made is ahead of the edge.
    for (const shard of this.#compactor.shardsBehind()) digests[shard] = ''
    this.#onDigests({ version: this.#version, digests })
  }

  /** For those who follow changes: while shards were built, more of their skus may have changed. */
  #changed({ taken, shards }: Batch): string[] {
    const skus = this.#compactor.waitingIn(shards)
    for (const byShard of Object.values(taken))
      for (const waiting of byShard.values()) for (const sku of waiting.skus) skus.add(sku)
    return [...skus].map((sku) => this.#ledger.books.skus.textOf(sku))
  }

  #allShards(): number[] {
    return Array.from({ length: this.#builder.shardCount }, (_, shard) => shard)
  }

  /** What is in the push counts as told: it is there when the head says so. */
  #tierAsOf(now: Instant): Record<Tier, string> {
    const at = (tier: Tier): string => formatInstant(this.#compactor.trueAt(tier, now))
    return { A: at('A'), B: at('B'), C: at('C') }
  }

  /** Until something is due, or a heartbeat is, or (after a failure) the next try. */
  async #sleep(retryMs: number | null): Promise<void> {
    const latest = this.#clock.now() + (retryMs ?? HEARTBEAT_MS)
    while (!this.#stopped) {
      const now = this.#clock.now()
      const due = retryMs === null && !this.#isPaused ? this.#compactor.dueIn(now) : null
      const waitMs = Math.min(due ?? Number.POSITIVE_INFINITY, latest - now)
      if (waitMs <= 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = setTimeout(resolve, waitMs)
      await promise
      clearTimeout(timer)
    }
  }
}

const bytesOf = (built: readonly BuiltShard[], from: number): number =>
  built.slice(from).reduce((sum, { body }) => sum + body.length, 0)
