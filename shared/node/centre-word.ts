import { gunzipSync, gzipSync } from 'node:zlib'
import { StorageType, type Subscription } from 'nats'
import {
  BUNDLE_BYTES_MAX,
  BUNDLE_UNPACKED_BYTES_MAX,
  CENTRE_DOMAIN,
  POLICIES_BUCKET,
  PolicyBundle,
} from '../contract/policy-bundle.ts'
import { policiesAnswers, policiesChanged, policiesSubject } from '../contract/subjects.ts'
import { newId } from './new-id.ts'
import type { Bus } from './nats.ts'

const ANSWER_WITHIN_MS = 3_000

export type CentreWords = {
  readonly say: (bundle: PolicyBundle) => Promise<void>
  /** What was said last; null when nothing was. */
  readonly said: (region: string) => Promise<PolicyBundle | null>
}

/** Where the centre says what is in force. Regions may read their own key, by a direct get, and nothing else of it. */
export async function openCentreWords(bus: Bus): Promise<CentreWords> {
  const kv = await bus.js.views.kv(POLICIES_BUCKET, {
    history: 1,
    storage: StorageType.File,
    allow_direct: true,
  })
  return {
    say: async (bundle) => {
      await kv.put(bundle.region, packBundle(bundle))
      bus.connection.publish(policiesChanged(bundle.region))
    },
    said: async (region) => {
      const entry = await kv.get(region)
      return entry === null || entry.operation !== 'PUT' ? null : unpackBundle(entry.value)
    },
  }
}

/**
 * The centre's word as it travels, to be held against the last one before it is unpacked. Null where the centre has said
 * nothing for this region; throws when it can't be asked.
 */
export async function readCentreWord(bus: Bus, region: string): Promise<Uint8Array | null> {
  const subject = `$JS.${CENTRE_DOMAIN}.API.DIRECT.GET.KV_${POLICIES_BUCKET}.${policiesSubject(region)}`
  // The answer comes over the leaf link to a subject of this region, which is all that the link lets through.
  const answer = await bus.connection.request(subject, '', {
    timeout: ANSWER_WITHIN_MS,
    noMux: true,
    reply: `${policiesAnswers(region)}.${newId()}`,
  })
  const { headers } = answer
  if (headers?.code === 404) return null
  if (headers !== undefined && headers.code >= 400) throw new Error(`the centre answered ${headers.status}`)
  if (headers?.get('KV-Operation')) return null
  return answer.data
}

/** Calls back whenever the centre has said something new for a region. What it said is read, not taken from here. */
export function onCentreWord(bus: Bus, region: string, heard: () => void): Subscription {
  return bus.connection.subscribe(policiesChanged(region), {
    callback: (error) => {
      // A subscription that is not permitted is told here too, and is no word.
      if (error === null) heard()
    },
  })
}

/** Whether a word passes the link. */
export const bundleFits = (bundle: PolicyBundle): boolean => packBundle(bundle).byteLength <= BUNDLE_BYTES_MAX

const packBundle = (bundle: PolicyBundle): Uint8Array => gzipSync(JSON.stringify(bundle))

export function unpackBundle(packed: Uint8Array): PolicyBundle {
  const text = gunzipSync(packed, { maxOutputLength: BUNDLE_UNPACKED_BYTES_MAX }).toString('utf8')
  return PolicyBundle.parse(JSON.parse(text))
}
