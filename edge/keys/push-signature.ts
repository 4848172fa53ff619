import { SIGNATURE_AGE_MS_MAX, signedBytes } from '../../shared/contract/push.ts'

/** Secrets by region and key id. Two ids at once let a region change its key without a gap. */
export type PushSecrets = Readonly<Record<string, Readonly<Record<string, string>>>>

export type PushSignature = {
  readonly at: number
  readonly keyId: string
  readonly mac: Uint8Array<ArrayBuffer>
}

const FORM = /^t=(\d{1,15}),k=([A-Za-z0-9_-]{1,64}),v1=([0-9a-f]{64})$/

/** The signature header in its parts; null when it is malformed or outside the age window. */
export function parseSignature(header: string | undefined, now: number): PushSignature | null {
  const m = FORM.exec(header ?? '')
  if (!m) return null
  const at = Number(m[1])
  if (Math.abs(now - at) > SIGNATURE_AGE_MS_MAX) return null
  return { at, keyId: m[2]!, mac: Uint8Array.fromHex(m[3]!) }
}

/** Checks pushes against the region's own keys alone. Imported keys are kept: importing costs more than verifying. */
export class PushSignatures {
  readonly #secrets: PushSecrets
  readonly #keys = new Map<string, Promise<CryptoKey>>()

  constructor(secrets: PushSecrets) {
    this.#secrets = secrets
  }

  async isRight(region: string, { at, keyId, mac }: PushSignature, body: Uint8Array): Promise<boolean> {
    const key = await this.#key(region, keyId)
    return key !== null && crypto.subtle.verify('HMAC', key, mac, signedBytes(at, region, body))
  }

  #key(region: string, keyId: string): Promise<CryptoKey> | null {
    const ofRegion = Object.hasOwn(this.#secrets, region) ? this.#secrets[region]! : {}
    if (!Object.hasOwn(ofRegion, keyId)) return null
    const name = `${region}/${keyId}`
    const known = this.#keys.get(name)
    if (known) return known
    const secret = new TextEncoder().encode(ofRegion[keyId])
    const key = crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
    this.#keys.set(name, key)
    return key
  }
}
