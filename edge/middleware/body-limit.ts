/** The whole body, or null as soon as it is known to be larger; what comes after is never read. */
export async function readBody(
  message: Request | Response,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const announced = message.headers.get('Content-Length')
  if (announced !== null) {
    if (Number(announced) > bytesMax) return null
    // The server holds a body to its announced length.
    return new Uint8Array(await message.arrayBuffer())
  }
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of message.body ?? []) {
    length += part.length
    if (length > bytesMax) return null
    parts.push(part)
  }
  const body = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    body.set(part, at)
    at += part.length
  }
  return body
}
