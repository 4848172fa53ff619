/** The filters of the address as the centre's API names them. */
export function varianceQuery(params: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['region', 'class', 'kind', 'source', 'sku', 'owner']) {
    const value = params.get(name)
    if (value) query.set(name, value)
  }
  const state = params.get('state') ?? ''
  if (state === 'in-flight') query.set('settled', 'false')
  else if (state !== 'any') query.set('state', state || 'open')
  const valueMin = minorUnits(params.get('above') ?? '')
  if (valueMin !== null) query.set('valueMin', String(valueMin))
  query.set('sort', params.get('sort') || 'value')
  return query
}

const AMOUNT = /^(\d{1,12})(?:[.,](\d{1,2}))?$/

/** `12.5` is 1250; what is no amount filters nothing. */
export function minorUnits(amount: string): number | null {
  const parts = AMOUNT.exec(amount.trim())
  return parts && Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
}
