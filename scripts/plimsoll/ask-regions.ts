import type * as z from 'zod'
import { askFor } from './ask.ts'
import { type Installation, whereOf } from './installation.ts'

/** What the region that is named answers, or every region when none is. */
export function askRegions<T extends object>(
  installation: Installation,
  named: string | undefined,
  schema: z.ZodType<T>,
  path: string,
): Promise<({ readonly region: string } & T)[]> {
  const regions = named === undefined ? Object.keys(installation.regionUrls) : [named]
  return Promise.all(
    regions.map(async (name) => {
      const { region, url, key } = whereOf(installation, name)
      return { region, ...(await askFor(schema, `${url}${path}`, key)) }
    }),
  )
}
