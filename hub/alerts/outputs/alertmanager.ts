import * as z from 'zod'
import { Timestamp } from '../../../shared/contract/envelope.ts'
import type { Alert } from '../../../shared/contract/alert-api.ts'
import { type Output, postJson } from './output.ts'

/** What an alert is for Prometheus Alertmanager's API v2 (`POST /api/v2/alerts`). */
export const AlertmanagerAlert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: Timestamp,
  endsAt: Timestamp.optional(),
  generatorURL: z.string().optional(),
})
export type AlertmanagerAlert = z.infer<typeof AlertmanagerAlert>

/** Labels are what tells it apart from others, and so must not change while it fires; the rest are annotations. */
export function alertmanagerAlert(alert: Alert, publicUrl: string | null): AlertmanagerAlert {
  const { kind, region, subject, severity, summary, owner, labels, runbook, since, resolvedAt, id } = alert
  return {
    labels: { alertname: `plimsoll-${kind}`, region, ...(subject === '' ? {} : { subject }) },
    annotations: {
      ...labels,
      summary,
      severity,
      ...(owner === null ? {} : { owner }),
      runbook: publicUrl === null ? runbook : `${publicUrl}/runbooks/${runbook}`,
    },
    startsAt: since,
    ...(resolvedAt === null ? {} : { endsAt: resolvedAt }),
    ...(publicUrl === null ? {} : { generatorURL: `${publicUrl}/alerts/${id}` }),
  }
}

/** Hands alerts on to an Alertmanager, which routes and groups them by its own rules. */
export function alertmanager({ name, url }: { name: string; url: string }, publicUrl: string | null): Output {
  return {
    name,
    send: (_id, { alerts }) =>
      postJson(
        `${url.replace(/\/$/, '')}/api/v2/alerts`,
        JSON.stringify(alerts.map((it) => alertmanagerAlert(it, publicUrl))),
        {},
      ),
  }
}
