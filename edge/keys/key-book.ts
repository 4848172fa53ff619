import { KeyRecord, type IssuedKey, type KeyEntry, type NewKey } from '../../shared/contract/key-api.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { sha256Hex } from './sha256-hex.ts'

/** As many values as one read of KV takes. */
const PAGE = 100
const PREFIX = 'key:'

/** Issues and revokes the keys of channels. What is kept opens nothing: the hash of a token, and what it is for. */
export class KeyBook {
  readonly #kv: KVNamespace
  readonly #clock: Clock

  constructor(kv: KVNamespace, clock: Clock) {
    this.#kv = kv
    this.#clock = clock
  }

  async issue(wanted: NewKey): Promise<IssuedKey> {
    const bytes = crypto.getRandomValues(new Uint8Array(24))
    const token = `plk_${bytes.toBase64({ alphabet: 'base64url', omitPadding: true })}`
    const id = await sha256Hex(token)
    const record: KeyRecord = { ...wanted, createdAt: formatInstant(this.#clock.now()) }
    await this.#put(id, record)
    return { id, token, ...record }
  }

  async list(cursor: string | undefined): Promise<{ keys: KeyEntry[]; cursor: string | null }> {
    const page = await this.#kv.list({
      prefix: PREFIX,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    const names = page.keys.map(({ name }) => name)
    const records =
      names.length === 0 ? new Map<string, unknown>() : await this.#kv.get<unknown>(names, 'json')
    return {
      keys: names.flatMap((name) => {
        const record = KeyRecord.safeParse(records.get(name))
        return record.success ? [{ id: name.slice(PREFIX.length), ...record.data }] : []
      }),
      cursor: page.list_complete ? null : page.cursor,
    }
  }

  /** Null when there is no such key. Revoking again changes nothing. */
  async revoke(id: string): Promise<KeyEntry | null> {
    const known = KeyRecord.safeParse(await this.#kv.get(PREFIX + id, 'json'))
    if (!known.success) return null
    if (known.data.revoked) return { id, ...known.data }
    const record = { ...known.data, revoked: true, revokedAt: formatInstant(this.#clock.now()) }
    await this.#put(id, record)
    return { id, ...record }
  }

  #put(id: string, record: KeyRecord): Promise<void> {
    return this.#kv.put(PREFIX + id, JSON.stringify(record))
  }
}
