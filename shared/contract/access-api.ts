import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'

/** Who may what at the centre, and who did what. */

/** What a person may do, each more than the one before: look, act, agree to what others propose, and say who may what. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin'])
export type Role = z.infer<typeof Role>

/** A role in some regions, or in all of them, those to come included. */
export const Grant = z.strictObject({
  role: Role,
  regions: z.union([z.literal('*'), z.array(Region).min(1).max(100)]),
})
export type Grant = z.infer<typeof Grant>

/** More than a person's tasks need, and few enough to be looked through at every request. */
const GRANTS_MAX = 20
export const Grants = z.array(Grant).min(1).max(GRANTS_MAX)

/** A token without itself. */
export const Token = z.object({
  id: z.string(),
  name: z.string(),
  grants: Grants,
  createdAt: Timestamp,
  createdBy: z.string(),
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
})
export type Token = z.infer<typeof Token>

/** As it is told, once. */
export const ToldToken = Token.extend({ token: z.string() })
export type ToldToken = z.infer<typeof ToldToken>

export const AuditHash = z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 hexadecimal digits')

export const AuditEntry = z.object({
  sequence: z.number().int(),
  at: Timestamp,
  actor: z.string(),
  via: z.string(),
  action: z.string(),
  subject: z.string(),
  correlationId: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: AuditHash,
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** What was found by going through the whole chain. */
export const AuditVerdict = z.object({
  intact: z.boolean(),
  entries: z.number().int(),
  head: z.object({ sequence: z.number().int(), hash: AuditHash }),
  faults: z.array(z.object({ sequence: z.number().int(), what: z.string() })),
})
export type AuditVerdict = z.infer<typeof AuditVerdict>
