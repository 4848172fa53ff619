import * as z from 'zod'
import { askFor } from './ask.ts'
import { type Installation, regionNamed } from './installation.ts'
import { EXIT } from './outcome.ts'
import { print } from './print.ts'

const Check = z.object({
  state: z.enum(['looking', 'intact', 'altered']),
  checkedTo: z.number().int(),
  lastEntry: z.number().int(),
  altered: z.number().int().nullable(),
})

const LOOK_EVERY_MS = 200
const WITHIN_MS = 3_600_000

/** Has a region look through its whole journal, and waits for it. Exits 1 when an entry is not what was written. */
export async function checkJournal(
  installation: Installation,
  options: { readonly region?: string | undefined },
  isJson: boolean,
): Promise<number> {
  const region = regionNamed(installation, options.region)
  const [url, key] = [installation.regionUrls[region]!, installation.keys.region[region]!]
  let check = await askFor(Check, `${url}/v1/journal:check`, key, { method: 'POST' })
  for (const until = Date.now() + WITHIN_MS; check.state === 'looking' && Date.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    check = await askFor(Check, `${url}/v1/journal/check`, key)
    if (process.stderr.isTTY) process.stderr.write(`\r${check.checkedTo} of ${check.lastEntry} entries`)
  }
  if (process.stderr.isTTY) process.stderr.write('\n')
  print(isJson, { region, ...check }, () => [
    check.altered === null
      ? `${region}: all ${check.checkedTo} entries are what was written`
      : `${region}: entry ${check.altered}, or the one before it, is not what was written; restore the database`,
  ])
  return check.state === 'intact' ? EXIT.done : EXIT.found
}
