import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { SourceId } from '../../../shared/domain/ids.ts'

/** A region's Tryton. The password is in a file or in the environment, never in the configuration and never in a log. */
export const TrytonConfig = z
  .strictObject({
    /** The source this ERP speaks as. */
    source: SourceId,
    url: z.url({ protocol: /^https?$/ }),
    database: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'a database is 1-63 letters, digits, - or _'),
    user: z.string().min(1).max(128),
    passwordFile: z.string().min(1).optional(),
    passwordEnv: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/)
      .optional(),
    /** The party that a channel's orders are sold to, by its code; `*` for the channels not named. */
    customers: z.record(z.string().max(64), z.string().min(1).max(64)).default({}),
    /** Goods are set aside in the ERP as soon as an order is posted. */
    assigns: z.boolean().default(true),
    /** What happens in the ERP is read back: items, its own sales, and every move of goods. */
    reads: z.boolean().default(true),
    /** The warehouses that are this region's, by their codes in the ERP; all of them when absent. */
    warehouses: z.array(z.string().min(1).max(128)).min(1).max(1000).optional(),
    /** Moves are told with their lots; the ERP needs its module stock_lot for that. */
    lots: z.boolean().default(false),
    pollEveryMs: z.number().int().min(100).max(3_600_000).default(2000),
    /**
     * A transaction stamps its rows when it starts and shows them when it ends: so far back each poll reads again.
     * Longer than the ERP's longest transaction.
     */
    overlapMs: z.number().int().min(0).max(86_400_000).default(60_000),
    /** How fast orders are posted. Each takes half a dozen calls. */
    perSecond: z.number().min(0.01).max(1000).default(10),
    burst: z.number().int().min(1).max(1000).default(10),
    concurrency: z.number().int().min(1).max(64).default(2),
    answerWithinMs: z.number().int().min(100).max(600_000).default(30_000),
  })
  .refine(({ passwordFile, passwordEnv }) => (passwordFile === undefined) !== (passwordEnv === undefined), {
    path: ['passwordFile'],
    message: 'say where the password is: passwordFile or passwordEnv, one of them',
  })
export type TrytonConfig = z.infer<typeof TrytonConfig>

export function passwordOf(
  { passwordFile, passwordEnv }: Pick<TrytonConfig, 'passwordFile' | 'passwordEnv'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const password =
    passwordFile === undefined ? env[passwordEnv ?? ''] : readFileSync(passwordFile, 'utf8').trim()
  if (!password) throw new Error(`the ERP's password is not in ${passwordFile ?? passwordEnv}`)
  return password
}
