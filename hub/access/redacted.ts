/** What a body may call a secret: its value has no place in a log that is kept for good. */
const SECRET = /secret|password|passphrase|token|apikey|^key$|authorization|credential/i
const TEXT_MAX = 8_192

/** A request's body as it may be kept: secrets covered, and cut where it is long. */
export function redacted(text: string): unknown {
  if (text === '') return null
  try {
    const kept = JSON.stringify(covered(JSON.parse(text)))
    return kept.length <= TEXT_MAX ? JSON.parse(kept) : { cut: kept.slice(0, TEXT_MAX), length: kept.length }
  } catch {
    return { notJson: true, length: text.length }
  }
}

function covered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(covered)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? '…' : covered(inner)]),
  )
}
