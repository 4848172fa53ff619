import * as z from 'zod'
import { Region } from '../shared/domain/ids.ts'
import { type PolicyKind, PolicyKinds } from '../shared/domain/policy.ts'
import { HttpConfig } from '../shared/node/http.ts'
import { NatsConfig } from '../shared/node/nats.ts'
import { AccessConfig } from './access/access-config.ts'
import { AlertConfig } from './alerts/alert-config.ts'

/** The centre: `node hub/main.ts --config FILE`. docs/operations.md explains every field. */
export const CentreConfig = z.strictObject({
  http: HttpConfig,
  dataDir: z.string().min(1),
  /** PostgreSQL. Without it the centre keeps its own database (PGlite) under dataDir. */
  databaseUrl: z.string().optional(),
  /** The bearer key of the API, and what one signs in to the console with: everything, everywhere. */
  key: z.string().min(16),
  /** How people sign in beside it. */
  access: AccessConfig.default({ proxies: 0 }),
  /** By which rules people are called, and how they are told. */
  alerts: AlertConfig.prefault({}),
  nats: NatsConfig,
  /** Each region's JetStream domain is its name. */
  regions: z.array(z.strictObject({ region: Region, apiUrl: z.url(), apiKey: z.string() })).min(1),
  policies: z
    .strictObject({
      /** Kinds of policy that somebody else than their author has to agree to. */
      secondPersonFor: z
        .array(z.enum(PolicyKinds as [PolicyKind, ...PolicyKind[]]))
        .default(['ownership', 'allocation', 'depletion', 'correctionLimit']),
    })
    .prefault({}),
  edge: z.strictObject({ url: z.url(), operatorKey: z.string() }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type CentreConfig = z.infer<typeof CentreConfig>
