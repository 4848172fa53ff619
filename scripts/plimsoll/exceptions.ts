import * as z from 'zod'
import { ExceptionRecord, ExceptionStatus } from '../../shared/contract/exceptions.ts'
import { askFor } from './ask.ts'
import { askRegions } from './ask-regions.ts'
import { type Installation, whereOf } from './installation.ts'
import { EXIT } from './outcome.ts'
import { ageOf, print, tableOf } from './print.ts'

const Page = z.object({ exceptions: z.array(ExceptionRecord), open: z.number().int() })
const Settled = z.object({ id: z.string(), status: ExceptionStatus, detail: z.string().optional() })

const BODY_SHOWN_MAX = 4000

/** Of one region, or of all when none is named. Exits 1 when anything is open. */
export async function listExceptions(
  installation: Installation,
  options: { readonly region?: string | undefined; readonly status: string; readonly limit: string },
  isJson: boolean,
): Promise<number> {
  const query = new URLSearchParams({ limit: options.limit })
  if (options.status !== 'all') query.set('status', options.status)
  const pages = await askRegions(installation, options.region, Page, `/v1/exceptions?${query}`)
  const open = pages.reduce((sum, page) => sum + page.open, 0)
  print(isJson, { regions: pages, open }, () => [
    tableOf(
      ['region', 'id', 'age', 'source', 'class', 'code', 'tries', 'detail'],
      pages.flatMap(({ region, exceptions }) =>
        exceptions.map((one) => [
          region,
          one.id,
          ageOf(one.at, Date.now()),
          one.source,
          one.class,
          one.code,
          one.attempts,
          one.detail.length > 80 ? `${one.detail.slice(0, 79)}…` : one.detail,
        ]),
      ),
    ),
    `${open} open`,
  ])
  return open > 0 ? EXIT.found : EXIT.done
}

export async function showException(
  installation: Installation,
  id: string,
  region: string | undefined,
  isJson: boolean,
): Promise<number> {
  const { url, key } = whereOf(installation, region)
  const letter = await askFor(ExceptionRecord, `${url}/v1/exceptions/${encodeURIComponent(id)}`, key)
  print(isJson, letter, () => {
    const { body, ...rest } = letter
    const text = Buffer.from(body ?? '', 'base64').toString('utf8')
    return [
      ...Object.entries(rest).map(([name, value]) => `${name.padEnd(14)} ${String(value)}`),
      '',
      printable(text.slice(0, BODY_SHOWN_MAX)),
      ...(text.length > BODY_SHOWN_MAX
        ? [`… ${text.length - BODY_SHOWN_MAX} characters more: --json has all`]
        : []),
    ]
  })
  return EXIT.done
}

/** Replays or discards one. Exits 1 when it is still refused. */
export async function settleException(
  installation: Installation,
  { id, step, region }: { id: string; step: 'replay' | 'discard'; region: string | undefined },
  isJson: boolean,
): Promise<number> {
  const { url, key } = whereOf(installation, region)
  const settled = await askFor(Settled, `${url}/v1/exceptions/${encodeURIComponent(id)}/${step}`, key, {
    method: 'POST',
  })
  const { status, detail } = settled
  print(isJson, settled, () => [`${id}: ${status}${detail === undefined ? '' : `: ${detail}`}`])
  return status === 'open' ? EXIT.found : EXIT.done
}

/** A dead letter may hold anything; a terminal must not obey it. */
const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '·')
