import type { Role } from '../../shared/contract/access-api.ts'

/** `somewhere`: the route itself sees to the regions, or what is read is cut to them. */
export type Need = { readonly role: Role; readonly where: 'everywhere' | 'somewhere' | { region: string } }

/** What a request needs, the first that fits. What nobody thought of needs more, not less. */
const NEEDS: readonly [method: RegExp, path: RegExp, need: Need][] = [
  [/./, /^\/v1\/(tokens|audit)(\/|$)/, { role: 'admin', where: 'everywhere' }],
  [/^GET$/, /./, { role: 'viewer', where: 'somewhere' }],
  [/./, /^\/v1\/(variances|alerts)(\/|$)/, { role: 'operator', where: 'somewhere' }],
  [/./, /^\/v1\/policies(\/|$|:)/, { role: 'viewer', where: 'somewhere' }],
]
/** A write under one region is that region's; of any other it is not known what it touches. */
const OF_REGION = /^\/v1\/regions\/([a-z][a-z0-9-]{0,15})\//

/** A question that is too long for an address is posted, and changes nothing. */
const QUESTION = /^\/v1\/regions\/([a-z][a-z0-9-]{0,15})\/api\/v1\/availability\/query$/

/** Whether a request only looks: such are neither counted nor written down. */
export const onlyReads = (method: string, path: string): boolean =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && QUESTION.test(path))

export function neededRole(method: string, path: string): Need {
  const asked = method === 'POST' ? QUESTION.exec(path)?.[1] : undefined
  if (asked !== undefined) return { role: 'viewer', where: { region: asked } }
  const found = NEEDS.find(([methods, paths]) => methods.test(method) && paths.test(path))
  if (found) return found[2]
  const region = OF_REGION.exec(path)?.[1]
  return { role: 'operator', where: region === undefined ? 'everywhere' : { region } }
}
