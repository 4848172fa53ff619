import { createTransport } from 'nodemailer'
import type { Alert, AlertMessage } from '../../../shared/contract/alert-api.ts'
import { type Output, SEND_WITHIN_MS } from './output.ts'

type EmailConfig = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly from: string
  readonly to: readonly string[]
}

/** A plain letter to people. Its Message-ID is that of the message, so that a second one is seen to be the same. */
export function email(config: EmailConfig, publicUrl: string | null): Output {
  const { name, host, port, secure, user, password, from, to } = config
  const transport = createTransport({
    host,
    port,
    secure,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: SEND_WITHIN_MS,
    greetingTimeout: SEND_WITHIN_MS,
    socketTimeout: SEND_WITHIN_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    name,
    send: async (id, message) => {
      await transport.sendMail({
        from,
        to: [...to],
        subject: subjectOf(message),
        text: message.alerts.map((it) => paragraphOf(it, publicUrl)).join('\n\n'),
        messageId: `<${id}@${from.split('@')[1]}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
  }
}

function subjectOf({ group, status, alerts }: AlertMessage): string {
  const firing = alerts.filter(({ state }) => state === 'firing')
  const worst = firing.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning'
  const what = alerts.length === 1 ? alerts[0]!.summary : `${group}: ${alerts.length} alerts`
  return status === 'firing' ? `[${worst}] ${what}` : `[resolved] ${what}`
}

function paragraphOf(alert: Alert, publicUrl: string | null): string {
  const { state, severity, summary, region, since, resolvedAt, owner, runbook, id } = alert
  const lines = [
    `${state === 'firing' ? severity.toUpperCase() : 'RESOLVED'}  ${summary}`,
    `region ${region}, since ${since}${resolvedAt === null ? '' : ` until ${resolvedAt}`}`,
    `looked after by ${owner ?? 'nobody yet'}`,
  ]
  if (publicUrl === null) lines.push(`what to do: runbook ${runbook}`)
  else lines.push(`${publicUrl}/alerts/${id}`, `what to do: ${publicUrl}/runbooks/${runbook}`)
  return lines.join('\n')
}
