import * as z from 'zod'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Message, Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'

/**
 * What the poller hands in: rows of one model as Tryton answered them, with the rows of other models that they speak of.
 * So a page can be understood by itself, now and when it is replayed.
 */
export const Page = z.object({
  /** The model, or `heartbeat`: it was asked, and had nothing new. */
  tryton: z.string().min(1).max(64),
  /** The warehouses that are this region's, by their codes in the ERP; all of them when absent. */
  warehouses: z.array(z.string()).optional(),
  rows: z.array(z.unknown()).max(10_000).default([]),
  related: z.record(z.string(), z.array(z.unknown()).max(100_000)).default({}),
})
export type Page = z.infer<typeof Page>

/** A row on its way to an event. */
export type Reading = {
  readonly page: Page
  readonly message: Message
  readonly codes: Codes
  readonly related: Related
}

/** The rows of a page's other models by id, checked when they are asked for. */
export class Related {
  readonly #rows: Page['related']
  readonly #byId = new Map<string, Map<number, unknown>>()

  constructor(rows: Page['related']) {
    this.#rows = rows
  }

  find<T>(model: string, id: number, schema: z.ZodType<T>, where: string): Result<T, Refusal> {
    const row = schema.safeParse(this.#index(model).get(id))
    if (row.success) return ok(row.data)
    const [issue] = row.error.issues
    const detail = `${where}: ${model} ${id}, of which it speaks: ${issue?.path.join('.')} ${issue?.message}`
    return err(malformed('incomplete-page', detail))
  }

  #index(model: string): ReadonlyMap<number, unknown> {
    const known = this.#byId.get(model)
    if (known) return known
    const rows = Object.hasOwn(this.#rows, model) ? this.#rows[model]! : []
    const made = new Map(
      rows.flatMap((row) => (WithId.safeParse(row).data ? [[(row as { id: number }).id, row]] : [])),
    )
    this.#byId.set(model, made)
    return made
  }
}

const WithId = z.object({ id: z.number().int() })

/** `stock.shipment.out,12` */
export type Reference = { readonly model: string; readonly id: number }

export function referenceIn(text: string | null): Reference | null {
  const m = /^([a-z][a-z._]{0,63}),(\d{1,15})$/.exec(text ?? '')
  return m ? { model: m[1]!, id: Number(m[2]) } : null
}
