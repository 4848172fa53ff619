import type { Grant } from '../../../../shared/contract/access-api.ts'

/** `operator in eu and us; viewer everywhere`. */
export const grantWords = (grants: readonly Grant[]): string =>
  grants
    .map(({ role, regions }) => `${role} ${regions === '*' ? 'everywhere' : `in ${regions.join(' and ')}`}`)
    .join('; ')
