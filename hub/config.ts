import * as z from 'zod'
import { Region } from '../shared/domain/ids.ts'
import { HttpConfig } from '../shared/node/http.ts'
import { NatsConfig } from '../shared/node/nats.ts'

/** The centre: `node hub/main.ts --config FILE`. docs/operations.md explains every field. */
export const CentreConfig = z.strictObject({
  http: HttpConfig,
  dataDir: z.string().min(1),
  /** PostgreSQL. Without it the centre keeps its own database (PGlite) under dataDir. */
  databaseUrl: z.string().optional(),
  /** The bearer key of the API, and what one signs in to the console with. */
  key: z.string().min(16),
  nats: NatsConfig,
  /** Each region's JetStream domain is its name. */
  regions: z.array(z.strictObject({ region: Region, apiUrl: z.url(), apiKey: z.string() })).min(1),
  edge: z.strictObject({ url: z.url(), operatorKey: z.string() }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type CentreConfig = z.infer<typeof CentreConfig>
