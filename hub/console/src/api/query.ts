/** `?a=1&b=2` of what is there; empty when nothing is. */
export function query(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  return params.size === 0 ? '' : `?${params}`
}
