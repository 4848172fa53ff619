import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePush, PUSH_MEDIA_TYPE } from '../shared/contract/push.ts'
import { Region } from '../shared/domain/ids.ts'
import { formatInstant } from '../shared/kernel/clock.ts'
import { signPush } from '../shared/node/secrets.ts'
import { encodeShard } from '../shared/snapshot/shard.ts'
import { shardOf } from '../shared/snapshot/shard-of.ts'
import type { SnapshotRow } from '../shared/snapshot/row.ts'
import { EdgeInHand } from '../tests/support/edge-in-hand.ts'

export const SKUS_PER_SHARD = 4_096
const EU = Region.parse('eu')

/** The Worker for measurements (edge/testing/measured-worker.ts), filled with some shards. */
export class MeasuredEdge {
  readonly edge: EdgeInHand
  readonly rows: readonly SnapshotRow[]
  readonly #shards: number
  readonly #byShard: Map<number, SnapshotRow[]>
  readonly #folder: string
  #version = 0

  static async start(shards: number): Promise<MeasuredEdge> {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
    const edge = await EdgeInHand.start(folder, EU, 'edge/testing/measured-worker.ts')
    const measured = new MeasuredEdge(edge, folder, shards)
    await measured.push(
      [],
      Array.from({ length: shards }, (_, shard) => shard),
    )
    return measured
  }

  private constructor(edge: EdgeInHand, folder: string, shards: number) {
    this.edge = edge
    this.#folder = folder
    this.#shards = shards
    this.rows = Array.from({ length: shards * SKUS_PER_SHARD }, (_, i) => distributorRow(i))
    this.#byShard = Map.groupBy(this.rows, ({ sku }) => shardOf(sku, shards))
  }

  shardBytes(shard: number): Uint8Array<ArrayBuffer> {
    return encodeShard({ region: EU, shard, version: this.#version, asOf: 0 }, this.#byShard.get(shard)!)
  }

  skusOf(shard: number): string[] {
    return this.#byShard.get(shard)!.map(({ sku }) => sku)
  }

  /** Answers how many milliseconds it took. */
  async push(hot: readonly SnapshotRow[], shards: readonly number[]): Promise<number> {
    const now = Date.now()
    const at = formatInstant(now)
    const version = this.#version + 1
    const bytes = (shard: number, rows: readonly SnapshotRow[]): Uint8Array =>
      encodeShard({ region: EU, shard, version, asOf: now }, rows)
    const body = encodePush(
      {
        format: 1,
        region: EU,
        epoch: 1,
        fromVersion: this.#version,
        toVersion: version,
        asOf: at,
        tierAsOf: { A: at, B: at, C: at },
        shardCount: this.#shards,
        changed: hot.map(({ sku }) => sku),
      },
      hot.length > 0 ? bytes(0, hot) : null,
      shards.map((shard) => ({ shard, version, body: bytes(shard, this.#byShard.get(shard)!) })),
    )
    const signed = signPush(EU, body, { id: 'k1', secret: this.edge.pushSecret }, now)
    const startedAt = performance.now()
    const response = await fetch(`${this.edge.url}/ingest/v1/${EU}`, {
      method: 'POST',
      headers: { 'content-type': PUSH_MEDIA_TYPE, ...signed },
      body,
    })
    if (!response.ok) throw new Error(await response.text())
    this.#version = version
    return performance.now() - startedAt
  }

  /** Rows of D1 since this was asked last. */
  async rowsSince(): Promise<{ written: number; read: number }> {
    const response = await fetch(`${this.edge.url}/measured/rows`)
    return (await response.json()) as { written: number; read: number }
  }

  async stop(): Promise<void> {
    await this.edge.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Three nodes, demand of two classes: as much as a row of a distributor has. */
export const distributorRow = (i: number): SnapshotRow => ({
  sku: `SKU-${String(i).padStart(8, '0')}`,
  tier: 'A',
  inputs: {
    gross: 500 + (i % 1_000),
    pool: 460 + (i % 1_000),
    demandTotal: 40,
    demandByClass: new Map([
      ['amazon', 25],
      ['b2b-portal/gold', 15],
    ]),
  },
  nodes: [
    { node: 'ber1', availableToSell: 300 + (i % 500) },
    { node: 'ham1', availableToSell: 160 },
    { node: 'muc1', availableToSell: i % 400 },
  ],
})
