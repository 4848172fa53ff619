import { checkDigit, normaliseGtin } from '../../../shared/domain/gtin.ts'

/**
 * GS1 keys out of their two spellings: the EPC URN (`urn:epc:class:lgtin:4012345.012345.998877`, whose company prefix
 * length is told by the dot, and which leaves out the check digit) and the Digital Link URI
 * (`https://id.gs1.org/01/04012345123456/10/998877`, on any host).
 */
export type TradeItem = {
  readonly kind: 'item'
  /** 14 digits; null for a code that is nobody's GTIN. */
  readonly gtin: string | null
  readonly lot: string | undefined
  /** One piece, by its serial number; otherwise a class of pieces. */
  readonly isInstance: boolean
}
/** SSCC, GRAI, GIAI: what goods are packed in, not goods. */
export type Carrier = { readonly kind: 'carrier' }

const TRADE_ITEM_URN = /^urn:epc:(id|class|idpat):(sgtin|lgtin|itip):(\d{6,12})\.(\d{1,7})\.([^.]+)/i
const CARRIER_URN = /^urn:epc:(?:id|class|idpat):(?:sscc|grai|giai|sgcn|cpi|gsrn|gdti):/i
const CARRIER_KEYS = new Set(['00', '8003', '8004', 'sscc', 'grai', 'giai'])

export function readEpc(id: string): TradeItem | Carrier {
  const urn = TRADE_ITEM_URN.exec(id)
  if (urn) {
    const [, , scheme, company, reference, last] = urn as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    const gtin = gtinOf(company, reference)
    const isLot = scheme.toLowerCase() === 'lgtin'
    const lot = isLot ? decoded(last) : undefined
    return { kind: 'item', gtin, lot, isInstance: !isLot && last !== '*' }
  }
  if (CARRIER_URN.test(id)) return { kind: 'carrier' }
  const keys = digitalLinkKeys(id)
  if (!keys) return { kind: 'item', gtin: null, lot: undefined, isInstance: true }
  const gtin = keys.get('01') ?? keys.get('gtin')
  if (gtin !== undefined) {
    return {
      kind: 'item',
      gtin: normaliseGtin(gtin)?.gtin ?? null,
      lot: keys.get('10') ?? keys.get('lot'),
      isInstance: keys.has('21') || keys.has('ser'),
    }
  }
  const isCarrier = [...keys.keys()].some((key) => CARRIER_KEYS.has(key))
  return isCarrier ? { kind: 'carrier' } : { kind: 'item', gtin: null, lot: undefined, isInstance: true }
}

/** The GLN that a location's URN or Digital Link holds. */
export function readGln(id: string): string | null {
  const urn = /^urn:epc:id:(?:sgln|pgln):(\d{6,12})\.(\d{0,6})(?:\.|$)/i.exec(id)
  if (urn) {
    const digits = urn[1]! + urn[2]!
    return digits.length === 12 ? `${digits}${checkDigit(digits)}` : null
  }
  const keys = digitalLinkKeys(id)
  const gln = keys?.get('414') ?? keys?.get('gln') ?? keys?.get('417')
  return gln !== undefined && /^\d{13}$/.test(gln) ? gln : null
}

/** The indicator digit leads the item reference in the URN, and leads the whole number in the GTIN. */
function gtinOf(company: string, reference: string): string | null {
  const digits = reference[0]! + company + reference.slice(1)
  return digits.length === 13 ? `${digits}${checkDigit(digits)}` : null
}

/** Key and value pairs of a Digital Link's path and query, from its first GS1 key on. Null for another kind of id. */
function digitalLinkKeys(id: string): ReadonlyMap<string, string> | null {
  const m = /^https?:\/\/[^/?#]+(\/[^?#]*)(?:\?([^#]*))?/i.exec(id)
  if (!m) return null
  const path = m[1]!.split('/').slice(1)
  const start = path.findIndex((part, n) => isPrimaryKey(part, path[n + 1]))
  if (start < 0) return null
  const keys = new Map<string, string>()
  for (let n = start; n + 1 < path.length; n += 2) keys.set(path[n]!.toLowerCase(), decoded(path[n + 1]!))
  for (const pair of m[2]?.split('&') ?? []) {
    const [key = '', value = ''] = pair.split('=')
    if (key !== '' && !keys.has(key)) keys.set(key, decoded(value))
  }
  return keys
}

function isPrimaryKey(part: string, value: string | undefined): boolean {
  if (value === undefined || value === '') return false
  const key = part.toLowerCase()
  if (key === '01' || key === 'gtin') return /^(\d{8}|\d{12,14})$/.test(value)
  if (key === '414' || key === 'gln' || key === '417') return /^\d{13}$/.test(value)
  return CARRIER_KEYS.has(key)
}

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
