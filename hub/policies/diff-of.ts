import type { FieldChange } from '../../shared/contract/governed-policy-api.ts'

/** A rule has few fields; one that replaces everything is read whole. */
const CHANGES_MAX = 500

/** Which fields are others, by path; a list by its places. */
export function diffOf(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = []
  compare('', before, after, changes)
  return changes.slice(0, CHANGES_MAX)
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    for (const name of names) {
      const [was, is] = [fieldOf(before, name), fieldOf(after, name)]
      compare(path === '' ? name : `${path}.${name}`, was, is, changes)
    }
  } else if (JSON.stringify(before ?? null) !== JSON.stringify(after ?? null))
    changes.push({ path, before: before ?? null, after: after ?? null })
}

const isTree = (value: unknown): value is object => value !== null && typeof value === 'object'
const fieldOf = (tree: object, name: string): unknown =>
  Object.hasOwn(tree, name) ? (tree as Record<string, unknown>)[name] : undefined
