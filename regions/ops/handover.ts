import * as z from 'zod'
import type { Logger } from 'pino'
import type { Region } from '../../shared/domain/ids.ts'
import { type Bucket, type Bus, openKeyValue } from '../../shared/node/nats.ts'
import { seal, sealingKey, unseal } from '../../shared/node/sealed-text.ts'
import type { StreamCursor } from '../ledger/journal.ts'

const NAME = 'HANDOVER'
const INBOUND = 'inbound'
const SECRETS = 'secret.'
const READINGS = 'read.'
const PURPOSE = 'plimsoll: the secrets of sources'

const Cursor = z.object({ created: z.string(), sequence: z.number().int().min(0) })

/**
 * What the region's next writer has to know and can't read off the streams: how far INBOUND is understood, how far an ERP was read, and
 * what sources sign with.
 * It lies in the region's own NATS, secrets sealed with a key made of the region's: who has not that reads none.
 */
export class Handover {
  readonly #kv: Bucket
  readonly #region: Region
  readonly #key: Uint8Array
  readonly #log: Logger

  private constructor(kv: Bucket, region: Region, key: Uint8Array, log: Logger) {
    this.#kv = kv
    this.#region = region
    this.#key = key
    this.#log = log
  }

  /** `key` is the region's API key, which all of its processes have. */
  static async open(
    bus: Bus,
    { region, key, log }: { readonly region: Region; readonly key: string; readonly log: Logger },
  ): Promise<Handover> {
    return new Handover(await openKeyValue(bus, NAME), region, sealingKey(key, PURPOSE), log)
  }

  /** What is there of secrets, by source. One that was sealed with another key is as none. */
  async secrets(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const name of await this.#kv.keys()) {
      if (!name.startsWith(SECRETS)) continue
      const source = name.slice(SECRETS.length)
      const secret = unseal((await this.#kv.get(name))?.value ?? '', this.#key, this.#about(source))
      if (secret === null)
        this.#log.warn(
          { source },
          'the secret that was handed over for this source was sealed with another key',
        )
      else found.set(source, secret)
    }
    return found
  }

  /** How far other systems were read, by what each reader calls it. */
  async readings(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const name of await this.#kv.keys()) {
      const noted = name.startsWith(READINGS) ? await this.#kv.get(name) : null
      if (noted) found.set(name.slice(READINGS.length), noted.value)
    }
    return found
  }

  async noteReading(key: string, text: string): Promise<void> {
    await this.#kv.set(READINGS + key, text)
  }

  async putSecret(source: string, secret: string): Promise<void> {
    await this.#kv.set(SECRETS + source, seal(secret, this.#key, this.#about(source)))
  }

  /** Up to where INBOUND is understood; null when nobody has noted it, or nobody can read what was noted. */
  async inbound(): Promise<StreamCursor | null> {
    const noted = await this.#kv.get(INBOUND)
    if (noted === null) return null
    try {
      return Cursor.parse(JSON.parse(noted.value))
    } catch {
      return null
    }
  }

  async noteInbound(cursor: StreamCursor): Promise<void> {
    await this.#kv.set(INBOUND, JSON.stringify(cursor))
  }

  #about = (source: string): string => `${this.#region}/${source}`
}
