import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'

/** What the centre calls people for. */
export const AlertKind = z.enum([
  'region-silent',
  'negative-ats',
  'oversell-risk',
  'duplicate-reservation',
  'source-stale',
  'channel-feed-stale',
  'edge-behind',
  'queue-lag',
  'exception-rate',
  'variance-value',
  'variance-age',
  'transfer-overdue',
  'system-throttled',
])
export type AlertKind = z.infer<typeof AlertKind>

export const AlertSeverity = z.enum(['warning', 'critical'])
export type AlertSeverity = z.infer<typeof AlertSeverity>

export const AlertState = z.enum(['firing', 'resolved'])

export const Alert = z.object({
  id: z.string(),
  kind: AlertKind,
  severity: AlertSeverity,
  state: AlertState,
  /** Alerts of one group are told together: the kind in its region. */
  group: z.string(),
  region: Region,
  /** What of the region: a sku, a source, a system, a transfer; empty where it is the region. */
  subject: z.string(),
  summary: z.string(),
  labels: z.record(z.string(), z.string()),
  /** The figure that its rule looks at, and from where on it raises and clears. */
  level: z.number(),
  raise: z.number(),
  clear: z.number(),
  since: Timestamp,
  updatedAt: Timestamp,
  resolvedAt: Timestamp.nullable(),
  owner: z.string().nullable(),
  acknowledged: z.object({ by: z.string(), at: Timestamp, note: z.string() }).nullable(),
  /** Under which silence nobody is told of it now. */
  silencedUntil: Timestamp.nullable(),
  /** The page of docs/runbooks that tells what to do. */
  runbook: z.string(),
})
export type Alert = z.infer<typeof Alert>

export const AlertStep = z.object({
  at: Timestamp,
  what: z.enum(['fired', 'worse', 'acknowledged', 'owned', 'silenced', 'notified', 'resolved']),
  by: z.string(),
  detail: z.string(),
})
export type AlertStep = z.infer<typeof AlertStep>

export const AlertWithHistory = Alert.extend({ history: z.array(AlertStep) })

/** Nobody is told of alerts that fit all that is named here, until then. */
export const Silence = z.object({
  id: z.string(),
  kind: AlertKind.nullable(),
  region: Region.nullable(),
  subject: z.string().nullable(),
  until: Timestamp,
  by: z.string(),
  reason: z.string(),
  at: Timestamp,
})
export type Silence = z.infer<typeof Silence>

/** A message to one output: waiting (again), sent, or given up. */
export const AlertDelivery = z.object({
  id: z.string(),
  output: z.string(),
  at: Timestamp,
  state: z.enum(['waiting', 'sent', 'dead']),
  attempts: z.number().int(),
  nextAt: Timestamp.nullable(),
  error: z.string().nullable(),
})

const Note = z.string().trim().max(512)
const Person = z.string().trim().min(1).max(128)
const MINUTES_MAX = 30 * 1_440

/** `POST /v1/alerts/{id}/acknowledge` */
export const AcknowledgeAlert = z.strictObject({ note: Note.default('') })
/** `POST /v1/alerts/{id}/own`: null gives it back. */
export const OwnAlert = z.strictObject({ owner: Person.nullable() })
/** `POST /v1/alerts/{id}/silence` */
export const SilenceAlert = z.strictObject({
  minutes: z.number().int().min(1).max(MINUTES_MAX),
  reason: Note.min(1),
})
/** `POST /v1/alerts/silences`: without a region it takes the role in all of them. */
export const NewSilence = SilenceAlert.extend({
  kind: AlertKind.optional(),
  region: Region.optional(),
  subject: z.string().max(256).optional(),
})
export type NewSilence = z.infer<typeof NewSilence>

/** What a webhook is sent: a group of alerts that changed together. */
export const AlertMessage = z.object({
  type: z.literal('plimsoll.alerts'),
  group: z.string(),
  /** `firing` while any of them is. */
  status: AlertState,
  alerts: z.array(Alert),
})
export type AlertMessage = z.infer<typeof AlertMessage>
