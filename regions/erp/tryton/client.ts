import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { ErpFault } from '../../orders/erp.ts'
import { type Busy, busyOf, isBusy } from './busy.ts'
import { type Refused, readAnswer } from './answer.ts'

export type TrytonConnection = {
  readonly url: string
  readonly database: string
  readonly user: string
  readonly password: string
  readonly answerWithinMs: number
}

export type Called<T> = Promise<Result<T, Refused | Busy>>

/** A page of records is some hundred kB; more than this is not what was asked for. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/**
 * Tryton's JSON-RPC: one POST a call, to `/<database>/`. A session that was lost (a restart, a time-out) is opened again
 * and the call repeated, once: a call that was answered 401 did not happen.
 */
export class TrytonClient {
  readonly #connection: TrytonConnection
  readonly #endpoint: string
  #session: Promise<Result<Session, Busy>> | null = null
  #calls = 0

  constructor(connection: TrytonConnection) {
    this.#connection = connection
    this.#endpoint = `${connection.url.replace(/\/+$/, '')}/${connection.database}/`
  }

  /** The server's version, e.g. `6.0.29`. Needs no session. */
  async version(): Promise<string> {
    const root = new URL('/', this.#endpoint).href
    const response = await this.#post(root, 'common.server.version', [], null)
    const version = response.status === 200 ? readAnswer(await this.#json(response)) : null
    if (!version?.ok || typeof version.value !== 'string')
      throw new ErpFault('unreadable', `${root} does not answer like a Tryton`)
    return version.value
  }

  /** `model.<name>.<method>`; the user's own context (company, language) is added as Tryton wants it, last. */
  async call(method: string, params: readonly unknown[], context: Context = {}): Called<unknown> {
    for (let attempt = 0; ; attempt++) {
      const opening = this.#open()
      const session = await opening
      if (!session.ok) return session
      const { header, preferences } = session.value
      const all = [...params, { ...preferences, ...context }]
      const response = await this.#post(this.#endpoint, method, all, header)
      if (response.status === 401 && attempt === 0) {
        await response.body?.cancel()
        if (this.#session === opening) this.#session = null
        continue
      }
      if (isBusy(response.status)) return err(await this.#busy(response))
      if (response.status !== 200) throw await this.#failed(response, method)
      return readAnswer(await this.#json(response))
    }
  }

  /** Who we are to the ERP. */
  async userId(): Promise<Result<number, Busy>> {
    const session = await this.#open()
    return session.ok ? ok(session.value.userId) : session
  }

  /** One login for all calls that wait for one. A failed one is not kept. */
  #open(): Promise<Result<Session, Busy>> {
    if (this.#session) return this.#session
    const opening = this.#login()
    this.#session = opening
    const dropUnlessOpen = (session: Result<Session, Busy> | null): void => {
      if (!session?.ok && this.#session === opening) this.#session = null
    }
    opening.then(dropUnlessOpen, () => dropUnlessOpen(null))
    return opening
  }

  async #login(): Promise<Result<Session, Busy>> {
    const { user, password, database } = this.#connection
    const response = await this.#post(this.#endpoint, 'common.db.login', [user, { password }], null)
    if (isBusy(response.status)) return err(await this.#busy(response))
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel()
      throw new ErpFault('credentials', `the ERP does not let the user ${user} into the database ${database}`)
    }
    if (response.status !== 200) throw await this.#failed(response, 'common.db.login')
    const answer = readAnswer(await this.#json(response))
    const [userId, key] = answer.ok && Array.isArray(answer.value) ? (answer.value as unknown[]) : []
    if (typeof userId !== 'number' || typeof key !== 'string')
      throw new ErpFault('credentials', `the ERP wants more than a password from the user ${user}`)
    const header = `Session ${Buffer.from(`${user}:${userId}:${key}`).toString('base64')}`
    const preferences = await this.#preferences(header)
    return preferences.ok ? ok({ userId, header, preferences: preferences.value }) : preferences
  }

  /** Which company and language the user works in: the ERP wants it said with each call. */
  async #preferences(header: string): Promise<Result<Context, Busy>> {
    const method = 'model.res.user.get_preferences'
    const response = await this.#post(this.#endpoint, method, [true, {}], header)
    if (isBusy(response.status)) return err(await this.#busy(response))
    if (response.status !== 200) throw await this.#failed(response, method)
    const answer = readAnswer(await this.#json(response))
    if (!answer.ok || typeof answer.value !== 'object' || answer.value === null)
      throw new ErpFault('unreadable', 'the ERP does not tell the preferences of its user')
    return ok(answer.value as Context)
  }

  async #post(
    url: string,
    method: string,
    params: readonly unknown[],
    session: string | null,
  ): Promise<Response> {
    try {
      return await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(session === null ? {} : { authorization: session }),
        },
        body: JSON.stringify({ id: ++this.#calls, method, params }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#connection.answerWithinMs),
      })
    } catch (error) {
      throw this.#faultOf(error, method)
    }
  }

  async #json(response: Response): Promise<unknown> {
    const text = await response.text().catch((error: unknown) => {
      throw this.#faultOf(error, 'reading the answer')
    })
    if (text.length > ANSWER_BYTES_MAX)
      throw new ErpFault('unreadable', `the ERP answered ${text.length} bytes`)
    const parsed = parseBoundedJson(text)
    if (!parsed.ok) throw new ErpFault('unreadable', `the ERP's answer is ${parsed.error.detail}`)
    return parsed.value
  }

  async #busy(response: Response): Promise<Busy> {
    await response.body?.cancel()
    return busyOf(response.status, response.headers.get('retry-after'), Date.now())
  }

  async #failed(response: Response, method: string): Promise<ErpFault> {
    await response.body?.cancel()
    const known =
      response.status === 404 ? `; is there a database ${this.#connection.database}, and such a method?` : ''
    return new ErpFault('failed', `the ERP answered ${response.status} to ${method}${known}`)
  }

  #faultOf(error: unknown, what: string): ErpFault {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const { url, answerWithinMs } = this.#connection
    return isLate
      ? new ErpFault('timed-out', `${url} did not answer within ${answerWithinMs} ms: ${what}`, {
          cause: error,
        })
      : new ErpFault('unreachable', `${url} can't be reached: ${what}`, { cause: error })
  }
}

export type Context = Readonly<Record<string, unknown>>

type Session = { readonly userId: number; readonly header: string; readonly preferences: Context }
