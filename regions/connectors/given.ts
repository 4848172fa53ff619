import { wholeBaseUnits } from '../../shared/domain/uom.ts'
import type { SourceProfile } from '../../shared/domain/master-data.ts'
import { parseInstant } from '../../shared/kernel/clock.ts'
import type { Codes, Message } from './connector.ts'

/** For tests: messages and codes in few words. */

const RECEIVED_AT = '2026-11-23T16:00:00.000Z'

export function message(body: string | Uint8Array, given: Partial<Message> = {}): Message {
  return {
    source: 'wms-1',
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    contentType: null,
    headers: {},
    receivedAt: parseInstant(RECEIVED_AT)!,
    ...given,
  }
}

type Known = {
  readonly skus?: Readonly<Record<string, string>>
  readonly nodes?: Readonly<Record<string, string>>
  readonly uoms?: Readonly<Record<string, string>>
  /** Measured items, all of them in KG. */
  readonly decimals?: Readonly<Record<string, number>>
  /** How many of the base unit a unit holds, of every item. */
  readonly holds?: Readonly<Record<string, number>>
  readonly defaultNode?: string
  readonly profile?: SourceProfile
}

/** Exactly these codes are known. */
export const codes = ({
  skus = {},
  nodes = {},
  uoms = {},
  decimals = {},
  holds = {},
  defaultNode,
  profile = {},
}: Known = {}): Codes => ({
  sku: (foreign) => (Object.hasOwn(skus, foreign) ? skus[foreign]! : null),
  node: (foreign) => (Object.hasOwn(nodes, foreign) ? nodes[foreign]! : null),
  uom: (foreign) => (Object.hasOwn(uoms, foreign) ? uoms[foreign]! : foreign),
  decimals: (sku, uom) => (uom === undefined || uom === 'KG' ? (decimals[sku] ?? 0) : 0),
  baseUnits: (_, uom, stated) =>
    uom !== undefined && Object.hasOwn(holds, uom)
      ? wholeBaseUnits(stated, uom, { baseUom: 'EA', uoms: holds })
      : null,
  defaultNode: defaultNode ?? null,
  profile,
})

/** Every code means itself, where it can be a code of ours. */
export const anyCodes = (given: Known = {}): Codes => ({
  ...codes(given),
  sku: (foreign) => (/^[\x21-\x7e]{1,64}$/.test(foreign) ? foreign : null),
  node: (foreign) => {
    const token = foreign.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 64)
    return /^[A-Za-z0-9]/.test(token) ? token : null
  },
})
