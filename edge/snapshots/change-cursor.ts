import * as z from 'zod'
import { Region, Sku } from '../../shared/domain/ids.ts'

const Revision = z.number().int().min(0)
const Count = z.number().int().min(0)

/**
 * How far somebody has read of a region.
 *
 *   all      shard by shard, through sku `after`; then on with the changes from `revision`
 *   changes  all pushes before `revision`, and `taken` skus of that one
 */
const Cursor = z.discriminatedUnion('reads', [
  z.strictObject({
    reads: z.literal('all'),
    region: Region,
    revision: Revision,
    shard: Count,
    after: Sku.or(z.literal('')),
  }),
  z.strictObject({ reads: z.literal('changes'), region: Region, revision: Revision, taken: Count }),
])
export type Cursor = z.infer<typeof Cursor>

/** A blind copy for callers: they keep it and send it back. */
export const cursorText = (cursor: Cursor): string =>
  new TextEncoder().encode(JSON.stringify(cursor)).toBase64({ alphabet: 'base64url', omitPadding: true })

/** Null for anything that we did not make. */
export function parseCursor(text: string): Cursor | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' })
    return Cursor.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null
  } catch {
    return null
  }
}
