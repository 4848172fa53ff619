import type { Context } from 'hono'

/** Where a request comes from: the connection's other end, or what our own proxies say of it. */
export function callerAddress(c: Context, proxies: number): string {
  const forwarded = c.req
    .header('x-forwarded-for')
    ?.split(',')
    .map((part) => part.trim())
  // Each proxy of ours adds one at the end; what stands before those anybody can have written.
  if (proxies > 0 && forwarded) return forwarded.at(-proxies) ?? 'unknown'
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return env?.incoming?.socket?.remoteAddress ?? 'unknown'
}
