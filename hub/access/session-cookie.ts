import type { CookieOptions } from 'hono/utils/cookie'
import type { AccessConfig } from './access-config.ts'

/** `__Host-` where the browser comes over TLS: no subdomain and no clear-text page can plant one. */
export function sessionCookie({ publicUrl }: AccessConfig): { name: string; options: CookieOptions } {
  const isSecure = publicUrl?.startsWith('https:') ?? false
  return {
    name: isSecure ? '__Host-plimsoll-session' : 'plimsoll-session',
    options: { httpOnly: true, sameSite: 'Strict', secure: isSecure, path: '/' },
  }
}

/** The provider sends the browser back from another site, so this one has to travel from there: Lax. */
export function underWayCookie(config: AccessConfig): { name: string; options: CookieOptions } {
  const { name, options } = sessionCookie(config)
  return { name: name.replace('session', 'sign-in'), options: { ...options, sameSite: 'Lax' } }
}
