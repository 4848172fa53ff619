import type { Context } from 'hono'

/**
 * Whether a browser sends a request for one of our own pages. A cookie travels with requests that another page makes it
 * send, and browsers tell which these are: by Sec-Fetch-Site, and by Origin in all that changes something. What says
 * neither is no page of ours.
 */
export function isSameOrigin(c: Context, publicUrl: string | undefined): boolean {
  const [site, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')]
  if (site === undefined && origin === undefined) return false
  return !isForeign(c, publicUrl)
}

/** Whether a request says of itself that another site's page makes it. One that says nothing comes from no page. */
export function isForeign(c: Context, publicUrl: string | undefined): boolean {
  const [site, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')]
  if (site !== undefined && site !== 'same-origin') return true
  return (
    origin !== undefined && origin !== (publicUrl ? new URL(publicUrl).origin : new URL(c.req.url).origin)
  )
}
