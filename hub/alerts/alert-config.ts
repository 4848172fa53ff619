import * as z from 'zod'
import { AlertKind } from '../../shared/contract/alert-api.ts'
import { WEBHOOK_SECRET } from '../../shared/node/standard-webhook.ts'
import { RuleConfig } from './alert-rule.ts'

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)

/** Where alerts are sent. docs/operations.md tells what each of them gets. */
export const OutputConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    name: Name,
    url: z.url({ protocol: /^https?$/ }),
    /** Signs what is sent, as Standard Webhooks does: `whsec_` and base64. */
    secret: z.string().regex(WEBHOOK_SECRET, 'is whsec_ and 24 to 64 bytes in base64'),
  }),
  z.strictObject({ kind: z.literal('alertmanager'), name: Name, url: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({
    kind: z.literal('email'),
    name: Name,
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535),
    /** TLS from the first byte; without it STARTTLS is used where it is offered. */
    secure: z.boolean().default(false),
    user: z.string().optional(),
    password: z.string().optional(),
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  }),
])
export type OutputConfig = z.infer<typeof OutputConfig>

export const AlertConfig = z.strictObject({
  rules: z.partialRecord(AlertKind, RuleConfig).default({}),
  outputs: z
    .array(OutputConfig)
    .max(20)
    .refine(
      (outputs) => new Set(outputs.map(({ name }) => name)).size === outputs.length,
      'a name stands twice',
    )
    .default([]),
  /** What changes within so long in one group is told in one message. */
  groupForMs: z.number().int().min(0).max(600_000).default(5_000),
  /** Of what still fires, and nobody has acknowledged, people are told again this often. */
  repeatEveryMs: z
    .number()
    .int()
    .min(1_000)
    .max(7 * 86_400_000)
    .default(4 * 3_600_000),
  /** Who looks after alerts of a kind until somebody else does. */
  owners: z.partialRecord(AlertKind, z.string().min(1).max(128)).default({}),
})
export type AlertConfig = z.infer<typeof AlertConfig>
