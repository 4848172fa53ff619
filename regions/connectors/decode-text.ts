/**
 * A message's bytes as text: UTF-8 (its byte order mark dropped), UTF-16 where a mark says so, and ISO-8859-1 where
 * neither fits, because older partners still write umlauts so. Never fails.
 */
export function decodeText(body: Uint8Array): { readonly text: string; readonly isUnicode: boolean } {
  if (body[0] === 0xff && body[1] === 0xfe) return { text: decode('utf-16le', body), isUnicode: true }
  if (body[0] === 0xfe && body[1] === 0xff) return { text: decode('utf-16be', body), isUnicode: true }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body), isUnicode: true }
  } catch {
    return { text: decode('iso-8859-1', body), isUnicode: false }
  }
}

const decode = (label: string, body: Uint8Array): string => new TextDecoder(label).decode(body)
