import * as z from 'zod'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { ErpFault, type ErpRefusal } from '../../orders/erp.ts'
import { answeringWarnings } from './answer-warnings.ts'
import type { Context, TrytonClient } from './client.ts'
import { refusalOf } from './refusal.ts'

/** Records as Tryton answers them; a row that is not what its version promises is a fault, named by model and field. */
export class Records {
  readonly #client: TrytonClient

  constructor(client: TrytonClient) {
    this.#client = client
  }

  /** At most `limit` rows of a model, in the order of their ids. */
  async search<T>(
    model: string,
    domain: Domain,
    schema: z.ZodType<T>,
    options: { readonly fields: readonly string[]; readonly limit: number; readonly context?: Context },
  ): Promise<Result<T[], ErpRefusal>> {
    const { fields, limit, context = {} } = options
    const params = [domain, 0, limit, [['id', 'ASC']], fields]
    const called = await this.#client.call(`model.${model}.search_read`, params, context)
    return called.ok ? ok(rowsOf(model, called.value, schema)) : err(refusalOf(called.error))
  }

  async read<T>(
    model: string,
    ids: readonly number[],
    schema: z.ZodType<T>,
    fields: readonly string[],
    context: Context = {},
  ): Promise<Result<T[], ErpRefusal>> {
    if (ids.length === 0) return ok([])
    const called = await this.#client.call(`model.${model}.read`, [ids, fields], context)
    return called.ok ? ok(rowsOf(model, called.value, schema)) : err(refusalOf(called.error))
  }

  async create(model: string, values: Context): Promise<Result<number, ErpRefusal>> {
    const done = await this.press(`model.${model}.create`, [[values]])
    if (!done.ok) return done
    const id = z.tuple([z.number().int()]).safeParse(done.value.value)
    if (!id.success) throw new ErpFault('unreadable', `creating a ${model} answered no id`)
    return ok(id.data[0])
  }

  /** A call that changes something: what the ERP asks on the way is answered, and told. */
  async press(
    method: string,
    params: readonly unknown[],
    context: Context = {},
  ): Promise<Result<{ readonly value: unknown; readonly warnings: readonly string[] }, ErpRefusal>> {
    const done = await answeringWarnings(this.#client, method, params, context)
    return done.ok ? done : err(refusalOf(done.error))
  }
}

export type Domain = readonly unknown[]

function rowsOf<T>(model: string, value: unknown, schema: z.ZodType<T>): T[] {
  const rows = z.array(schema).safeParse(value)
  if (rows.success) return rows.data
  const [issue] = rows.error.issues
  throw new ErpFault('unreadable', `${model}: ${issue?.path.join('.')}: ${issue?.message}`)
}
