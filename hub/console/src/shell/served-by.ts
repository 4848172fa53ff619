/** Who serves these pages: the centre, or one region for itself. The page is told in its own element. */
export type ServedBy = { readonly kind: 'centre' } | { readonly kind: 'region'; readonly region: string }

const REGION = 'region:'

export function servedBy(): ServedBy {
  const said = document.documentElement.dataset['servedBy'] ?? ''
  return said.startsWith(REGION) ? { kind: 'region', region: said.slice(REGION.length) } : { kind: 'centre' }
}
