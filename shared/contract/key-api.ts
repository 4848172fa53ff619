import * as z from 'zod'
import { Channel, Region, Segment } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'

/** An origin as a browser sends it: scheme, host, and the port where it isn't the scheme's own. */
const Origin = z
  .string()
  .max(256)
  .regex(/^https?:\/\/[a-z0-9.:[\]-]+$/, 'an origin is https://host or https://host:port')

const unique = (list: readonly string[]): boolean => new Set(list).size === list.length

/** `POST /v1/keys` at the edge, with the operator key: what a channel's key is to open. */
export const NewKey = z.strictObject({
  channel: Channel,
  /** The segments that may be named. Absent: none, the channel's own figure only. */
  segments: z.array(Segment).max(64).refine(unique, 'named twice').optional(),
  /** The first is the one that is meant when none is named. */
  regions: z.array(Region).min(1).max(16).refine(unique, 'named twice'),
  /** Pages of these may ask with it; absent: it is no key for browsers. */
  origins: z.array(Origin).max(64).refine(unique, 'named twice').optional(),
  /** Requests that an isolate takes in a minute; absent: as many as come. */
  perMinuteMax: z.number().int().min(1).max(10_000_000).optional(),
  /** For people: whose it is. */
  label: z.string().min(1).max(128).optional(),
})
export type NewKey = z.infer<typeof NewKey>

/** A key as it is kept: never the token itself, whose hash is its id. */
export const KeyRecord = NewKey.extend({
  createdAt: Timestamp.optional(),
  revoked: z.boolean().optional(),
  revokedAt: Timestamp.optional(),
})
export type KeyRecord = z.infer<typeof KeyRecord>

export const KeyId = z.string().regex(/^[0-9a-f]{64}$/, 'an id is 64 hexadecimal digits')

export const KeyEntry = KeyRecord.extend({ id: KeyId })
export type KeyEntry = z.infer<typeof KeyEntry>

/** The token is told this once; nobody can look it up again. */
export const IssuedKey = KeyEntry.extend({ token: z.string() })
export type IssuedKey = z.infer<typeof IssuedKey>

export const KeysAnswer = z.object({ keys: z.array(KeyEntry), cursor: z.string().nullable() })
