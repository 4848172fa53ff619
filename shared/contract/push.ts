import * as z from 'zod'
import { AllocationRule } from '../domain/allocation-rule.ts'
import { FallbackAction, fallbackShape } from '../domain/fallback.ts'
import { Region } from '../domain/ids.ts'
import { Tier } from '../domain/tier.ts'
import { jsonOrUndefined } from '../kernel/json-or-undefined.ts'
import { Timestamp } from './envelope.ts'

/**
 * A push from a region to the edge: `POST /ingest/v1/{region}`, content type PUSH_MEDIA_TYPE.
 *
 *   body = u32 little-endian length of the header | header (JSON, UTF-8) | hot part | shard parts, in header order
 *
 * The hot part is one encoded shard (snapshot/shard.ts) holding only the tier A rows that changed; each shard part is
 * a whole shard. `x-plimsoll-signature: t=<unix ms>,k=<key id>,v1=<hex HMAC-SHA256 of "<t>.<region>." + body>`.
 */
export const PUSH_MEDIA_TYPE = 'application/vnd.plimsoll.push'
export const SIGNATURE_HEADER = 'x-plimsoll-signature'
/** A signature older or newer than this is refused, so that a recorded push can't be played back later. */
export const SIGNATURE_AGE_MS_MAX = 300_000
export const PUSH_BYTES_MAX = 16 * 1024 * 1024

const EdgeFallback = z.object({ afterMs: z.number().int().min(1), ...fallbackShape })
export type EdgeFallback = z.infer<typeof EdgeFallback>

const SilentNode = z.object({
  condition: z.enum(['late', 'down']),
  source: z.string(),
  /** Last heard of. */
  since: Timestamp,
  action: FallbackAction,
})

/** The region's small rule document: everything but the inputs that a channel's figure needs. */
export const Rules = z.object({
  version: z.number().int(),
  /** The latest of the centre's activations among the policies that the figures and rules stand on. */
  policies: z.number().int().optional(),
  /** Rules by scope (`*`, `tier:A`, `sku:X`); the most specific list that matches applies, alone. */
  allocation: z.record(z.string(), z.array(AllocationRule)),
  /** How old an answer may be and still call itself fresh, by tier. */
  freshForMs: z.record(Tier, z.number().int()),
  /** What to do when the region itself has gone silent, by scope; the most specific one that matches applies. */
  edgeFallback: z.record(z.string(), EdgeFallback).optional(),
  /** Nodes whose source has gone silent, and what the figures already hold back for it. */
  silentNodes: z.record(z.string(), SilentNode).optional(),
})
export type Rules = z.infer<typeof Rules>

export const PushHeader = z.object({
  format: z.literal(1),
  region: Region,
  /** Grows with each writer of the region; a lower one is a writer that has been replaced, and is refused. */
  epoch: z.number().int().min(1),
  /** What the edge must hold for this push to follow on; 0 starts afresh and must carry every shard, if need be in parts. */
  fromVersion: z.number().int().min(0),
  /** The journal sequence that the edge holds after this push. Equal to fromVersion in a heartbeat. */
  toVersion: z.number().int().min(0),
  /** The moment at which the region spoke. */
  asOf: Timestamp,
  /**
   * The moment at which what the edge now holds of a tier was true: earlier than `asOf` by as long as the oldest
   * change of the tier has been waiting for its window.
   */
  tierAsOf: z.record(Tier, Timestamp),
  shardCount: z.number().int().min(1).max(65_536),
  /**
   * A fresh start that does not fit into one push: `more` while further parts of the same epoch and asOf follow, `last` in the
   * one that installs all of them at once. Between them they carry every shard.
   */
  part: z.enum(['more', 'last']).optional(),
  rules: Rules.optional(),
  /**
   * Skus whose figures may be others after this push, for those who follow changes. Absent (a fresh start, an older hub): any
   * sku of the shards that it carries.
   */
  changed: z.array(z.string().min(1).max(64)).optional(),
  /** Skus whose hot rows are in the hot part; its length in bytes, 0 when there is none. */
  hotBytes: z.number().int().min(0),
  shards: z.array(
    z.object({ shard: z.number().int().min(0), version: z.number().int(), bytes: z.number().int().min(1) }),
  ),
})
export type PushHeader = z.infer<typeof PushHeader>

/** 200 with what the edge now holds; 409 `version-gap` carries the same as fields, so that the region resends from there. */
export const PushAnswer = z.object({
  region: Region,
  epoch: z.number().int(),
  version: z.number().int(),
  applied: z.boolean(),
})
export type PushAnswer = z.infer<typeof PushAnswer>

export type Push = {
  readonly header: PushHeader
  readonly hot: Uint8Array | null
  readonly shards: readonly Uint8Array[]
}

export function encodePush(
  header: Omit<PushHeader, 'hotBytes' | 'shards'>,
  hot: Uint8Array | null,
  shards: readonly { shard: number; version: number; body: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const full: PushHeader = {
    ...header,
    hotBytes: hot?.length ?? 0,
    shards: shards.map(({ shard, version, body }) => ({ shard, version, bytes: body.length })),
  }
  const head = new TextEncoder().encode(JSON.stringify(full))
  const out = new Uint8Array(
    4 + head.length + full.hotBytes + shards.reduce((sum, { body }) => sum + body.length, 0),
  )
  new DataView(out.buffer).setUint32(0, head.length, true)
  out.set(head, 4)
  let at = 4 + head.length
  for (const part of [...(hot ? [hot] : []), ...shards.map(({ body }) => body)]) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The reverse. Null for anything whose lengths do not add up; the caller answers `malformed`. */
export function decodePush(body: Uint8Array): Push | null {
  if (body.length < 4) return null
  const headBytes = new DataView(body.buffer, body.byteOffset).getUint32(0, true)
  if (4 + headBytes > body.length) return null
  const header = PushHeader.safeParse(
    jsonOrUndefined(new TextDecoder().decode(body.subarray(4, 4 + headBytes))),
  )
  if (!header.success) return null
  let at = 4 + headBytes
  const take = (bytes: number): Uint8Array => body.subarray(at, (at += bytes))
  const hot = header.data.hotBytes > 0 ? take(header.data.hotBytes) : null
  const shards = header.data.shards.map(({ bytes }) => take(bytes))
  return at === body.length ? { header: header.data, hot, shards } : null
}

/** What is signed: the time and the region stand in front of the body, so neither can be swapped. */
export function signedBytes(at: number, region: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = new TextEncoder().encode(`${at}.${region}.`)
  const out = new Uint8Array(prefix.length + body.length)
  out.set(prefix)
  out.set(body, prefix.length)
  return out
}
