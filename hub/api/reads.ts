import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import {
  CentreException,
  JournalCompared,
  RegionOverview,
  Transfer,
} from '../../shared/contract/centre-api.ts'
import { ExceptionStatus } from '../../shared/contract/exceptions.ts'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { Region } from '../../shared/domain/ids.ts'
import type { Centre } from '../centre.ts'
import { readTransfers } from '../store/read-transfers.ts'
import type { CentreApp } from './centre-app.ts'
import { exceptionsOf, factsByRegion, regionsOf } from './overview.ts'

const Limit = z.coerce.number().int().min(1).max(1000).default(100)
const Drift = z.object({
  region: Region,
  ledgerVersion: z.number().int().nullable(),
  edgeVersion: z.number().int().nullable(),
  agrees: z.boolean().nullable(),
  differingShards: z.array(z.number().int()),
  comparedAt: Timestamp.nullable(),
})

const read = <Q extends z.ZodType, A extends z.ZodType>(path: string, summary: string, query: Q, answer: A) =>
  createRoute({
    method: 'get',
    path,
    summary,
    request: { query: query as never },
    responses: { 200: { description: 'As of now', content: { 'application/json': { schema: answer } } } },
  })

const NoQuery = z.strictObject({})

/** What the centre knows, to read. */
export function addReads(app: CentreApp, centre: Centre): void {
  const regions = read(
    '/v1/regions',
    'Every region: watermark, lag, exceptions, variances, edge.',
    NoQuery,
    z.object({ regions: z.array(RegionOverview) }),
  )
  app.openapi(regions, async (c) => c.json({ regions: await regionsOf(centre) }, 200))

  const transfers = read(
    '/v1/transfers',
    'Goods between nodes and regions.',
    NoQuery,
    z.object({ transfers: z.array(Transfer) }),
  )
  app.openapi(transfers, async (c) =>
    c.json({ transfers: await readTransfers(centre.db, centre.clock.now()) }, 200),
  )

  const drift = read(
    '/v1/drift',
    'The edge beside the ledger, by shard digests.',
    NoQuery,
    z.object({ drift: z.array(Drift) }),
  )
  app.openapi(drift, (c) =>
    c.json({ drift: [...centre.drift.byRegion.values()] as z.infer<typeof Drift>[] }, 200),
  )

  const intake = read(
    '/v1/intake',
    'How many facts of each region are in the database, and whether they are those that its ledger took, by stream.',
    NoQuery,
    z.object({
      facts: z.record(Region, z.number().int()),
      journals: z.record(Region, z.record(z.string(), JournalCompared)),
    }),
  )
  app.openapi(intake, async (c) => {
    const journals = Object.fromEntries(centre.intake.journals) as Record<
      string,
      Record<string, JournalCompared>
    >
    return c.json({ facts: await factsByRegion(centre), journals }, 200)
  })

  const ExceptionQuery = z.strictObject({
    region: Region.optional(),
    status: ExceptionStatus.optional(),
    limit: Limit,
  })
  const exceptions = read(
    '/v1/exceptions',
    'Dead letters of all regions, newest first.',
    ExceptionQuery,
    z.object({ exceptions: z.array(CentreException) }),
  )
  app.openapi(exceptions, async (c) =>
    c.json(
      { exceptions: await exceptionsOf(centre, c.req.valid('query') as z.infer<typeof ExceptionQuery>) },
      200,
    ),
  )
}
