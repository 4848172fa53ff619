import * as z from 'zod'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { noItem, noPlace, unknownCode } from '../refusals.ts'

/** An id as a vendor gives it: a number, or its digits where it is too large for one. */
export const VendorId = z.union([z.number().int(), z.string().min(1).max(128)]).transform(String)

/** A code of a vendor; its kind where its numbers alone may mean different things. */
export type VendorCode = { readonly kind?: string; readonly code: string | null | undefined }

/**
 * The item that the first known one of these codes means. A number may be mapped as it is, or under its kind
 * (`variant:39072856`), where those of two kinds would collide.
 */
export function skuOf(codes: Codes, named: readonly VendorCode[], where: string): Result<string, Refusal> {
  const given = named.flatMap(({ kind, code }) => (isCode(code) ? [{ kind, code }] : []))
  for (const { kind, code } of given) {
    const sku = codes.sku(code) ?? (kind === undefined ? null : codes.sku(`${kind}:${code}`))
    if (sku !== null) return ok(sku)
  }
  return err(given[0] ? unknownCode('sku', given[0].code, where) : noItem(where))
}

const isCode = (code: string | null | undefined): code is string =>
  code !== null && code !== undefined && code.trim() !== '' && code !== '0'

/** The node that a vendor's place means; where it names none, the source's own. */
export function nodeOf(
  codes: Codes,
  place: string | null | undefined,
  where: string,
): Result<string, Refusal> {
  if (!isCode(place)) return codes.defaultNode === null ? err(noPlace(where)) : ok(codes.defaultNode)
  const node = codes.node(place)
  return node === null ? err(unknownCode('node', place, where)) : ok(node)
}
