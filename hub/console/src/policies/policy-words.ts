import type { GovernedPolicy, GovernedState } from '../../../../shared/contract/governed-policy-api.ts'

export const STATE_WORDS: Readonly<Record<GovernedState, string>> = {
  active: 'in force',
  proposed: 'proposed',
  replaced: 'replaced',
  rejected: 'rejected',
}

export const LOCAL_WORDS: Readonly<Record<GovernedPolicy['localChanges'], string>> = {
  none: 'nothing within its scope',
  narrower: 'narrower scopes',
  all: 'anything, until the next version',
}

export const forWords = (region: string): string => (region === '*' ? 'all regions' : region)

/** `safetyStock of tier:A, for all regions`. */
export const policyTitle = ({
  kind,
  scope,
  region,
}: Pick<GovernedPolicy, 'kind' | 'scope' | 'region'>): string =>
  `${kind} of ${scope === '*' ? 'everything' : scope}, for ${forWords(region)}`

/** A rule in one line. */
export const ruleWords = (body: Readonly<Record<string, unknown>>): string =>
  Object.entries(body)
    .map(([name, value]) => `${name} ${valueWords(value)}`)
    .join(', ')

/** A value of a rule; what is not there is a dash. */
export const valueWords = (value: unknown): string =>
  value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
