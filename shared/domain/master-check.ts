import { checkDigit, normaliseGtin } from './gtin.ts'
import { KIT_DEPTH_MAX } from './kit.ts'
import type { Item, Mapping, Node, Source } from './master-data.ts'

/** What makes master data contradict itself, or what is known: it is refused by this name. */
export type MasterFault = { readonly code: string; readonly path: string; readonly message: string }

/** Items as they are known: what a kit is made of, and which kits an item goes into. */
export type KnownItems = {
  readonly item: (sku: string) => Item | undefined
  readonly kitsWith: (sku: string) => Iterable<string>
  /** In what stock and demand of an item are counted already; undefined where there are none. */
  readonly countedIn?: ((sku: string) => CountedIn | undefined) | undefined
}
export type CountedIn = Pick<Item, 'baseUom' | 'decimals'>

/** Records of any kind as they are known: what others may speak of. */
export type KnownRecords = {
  readonly item: (sku: string) => unknown
  readonly node: (node: string) => unknown
  readonly source: (source: string) => unknown
}

/** The faults of an item in the company of those that are known. */
export function itemFaults(sku: string, item: Item, known: KnownItems): MasterFault[] {
  const faults: MasterFault[] = []
  const seen = new Set<string>()
  for (const [i, { sku: component }] of (item.kit ?? []).entries()) {
    const path = `kit.${i}.sku`
    if (seen.has(component))
      faults.push({
        code: 'kit-component-twice',
        path,
        message: `${component} stands twice; say its quantity once`,
      })
    seen.add(component)
    if (reaches(component, sku, known))
      faults.push({
        code: 'kit-contains-itself',
        path,
        message: `${component} is, or contains, ${sku} itself`,
      })
  }
  if (faults.length === 0 && (item.kit?.length ?? 0) > 0) {
    const levels =
      levelsAbove(sku, known) + Math.max(...item.kit!.map((it) => levelsBelow(it.sku, known))) + 1
    if (levels > KIT_DEPTH_MAX)
      faults.push({
        code: 'kit-too-deep',
        path: 'kit',
        message: `a kit may contain kits, and those no more: this would make ${levels} levels`,
      })
  }
  for (const [i, substitute] of (item.substitutes ?? []).entries())
    if (substitute === sku)
      faults.push({
        code: 'substitute-itself',
        path: `substitutes.${i}`,
        message: `${sku} can't stand in for itself`,
      })
  const own = item.uoms && Object.hasOwn(item.uoms, item.baseUom) ? item.uoms[item.baseUom]! : 1
  if (own !== 1)
    faults.push({
      code: 'unit-contradictory',
      path: `uoms.${item.baseUom}`,
      message: `one ${item.baseUom} is one ${item.baseUom}: it is the base unit`,
    })
  return [...faults, ...unitFaults(item, known.countedIn?.(sku))]
}

/** What is counted in one unit is not worth the same in another: five pieces would become five grams. */
function unitFaults({ baseUom, decimals }: Item, counted: CountedIn | undefined): MasterFault[] {
  if (counted === undefined) return []
  const message = `there are stock or orders in ${counted.baseUom} with ${counted.decimals} decimals; another unit needs another sku`
  return [
    ...(baseUom === counted.baseUom ? [] : [{ code: 'unit-in-use', path: 'baseUom', message }]),
    ...(decimals === counted.decimals ? [] : [{ code: 'unit-in-use', path: 'decimals', message }]),
  ]
}

/** A code map whose words lead back to themselves: whoever wrote it took our code for theirs. */
export function mappingFaults(mapping: Mapping): MasterFault[] {
  const faults: MasterFault[] = []
  for (const kind of ['skus', 'nodes', 'uoms', 'lots'] as const) {
    const map: Readonly<Record<string, string>> = mapping[kind] ?? {}
    for (const theirs of Object.keys(map)) {
      const ring = ringFrom(theirs, map)
      // A ring is told once, by the first of its codes.
      if (ring && ring.every((code) => theirs <= code))
        faults.push({
          code: 'mapping-circular',
          path: `${kind}.${theirs}`,
          message: `${[...ring, theirs].join(' → ')}: a code maps to ours, and ours to no other`,
        })
    }
  }
  return faults
}

/** What is odd, and taken as it is: a good part of the GTINs and GLNs in real files have a wrong check digit. */
export function itemWarnings({ gtin, kit = [], substitutes = [] }: Item, known: KnownRecords): MasterFault[] {
  return [
    ...gtinWarnings(gtin),
    ...kit.flatMap(({ sku }, i) => unknownWarning('item', sku, `kit.${i}.sku`, known)),
    ...substitutes.flatMap((sku, i) => unknownWarning('item', sku, `substitutes.${i}`, known)),
  ]
}

export function nodeWarnings({ gln, source }: Node, known: KnownRecords): MasterFault[] {
  return [...glnWarnings(gln), ...unknownWarning('source', source, 'source', known)]
}

export function sourceWarnings({ nodes = [], defaultNode }: Source, known: KnownRecords): MasterFault[] {
  return [
    ...nodes.flatMap((node, i) => unknownWarning('node', node, `nodes.${i}`, known)),
    ...unknownWarning('node', defaultNode, 'defaultNode', known),
  ]
}

export function mappingWarnings({ skus = {}, nodes = {} }: Mapping, known: KnownRecords): MasterFault[] {
  return [
    ...Object.entries(skus).flatMap(([theirs, sku]) => unknownWarning('item', sku, `skus.${theirs}`, known)),
    ...Object.entries(nodes).flatMap(([theirs, node]) =>
      unknownWarning('node', node, `nodes.${theirs}`, known),
    ),
  ]
}

/** Master data comes in any order, so what is spoken of may come later: until then it counts for nothing. */
function unknownWarning(
  kind: keyof KnownRecords,
  name: string | undefined,
  path: string,
  known: KnownRecords,
): MasterFault[] {
  if (name === undefined || known[kind](name) !== undefined) return []
  return [{ code: `unknown-${kind}`, path, message: `no ${kind} ${name} was put yet` }]
}

function gtinWarnings(gtin: string | undefined): MasterFault[] {
  const normal = gtin === undefined ? undefined : normaliseGtin(gtin)
  if (normal === null) {
    const message = `${gtin} is no GTIN-8, -12, -13 or -14; it finds no item`
    return [{ code: 'not-a-gtin', path: 'gtin', message }]
  }
  return normal?.checkDigitValid === false ? [wrongCheckDigit('gtin', gtin!)] : []
}

function glnWarnings(gln: string | undefined): MasterFault[] {
  if (gln === undefined) return []
  if (!/^\d{13}$/.test(gln))
    return [{ code: 'not-a-gln', path: 'gln', message: `${gln} is no GLN: 13 digits` }]
  return checkDigit(gln.slice(0, 12)) === Number(gln[12]) ? [] : [wrongCheckDigit('gln', gln)]
}

const wrongCheckDigit = (path: string, code: string): MasterFault => ({
  code: 'check-digit',
  path,
  message: `the check digit of ${code} is wrong; it is taken as it is`,
})

/** A good GTIN is kept as 14 digits, so that its shorter spellings are the same. */
export function tidyItem(item: Item): Item {
  const normal = item.gtin === undefined ? null : normaliseGtin(item.gtin)
  return normal && normal.gtin !== item.gtin ? { ...item, gtin: normal.gtin } : item
}

/** Walks down from `from`; every sku once, so a ring that is there already does no harm. */
function reaches(from: string, to: string, known: KnownItems, seen = new Set<string>()): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (known.item(from)?.kit ?? []).some(({ sku }) => reaches(sku, to, known, seen))
}

/** Kit levels at and below an item that is known; 0 for a plain one. Bounded: deeper is too deep anyway. */
function levelsBelow(sku: string, known: KnownItems, bound = KIT_DEPTH_MAX + 1): number {
  const kit = known.item(sku)?.kit ?? []
  if (kit.length === 0 || bound === 0) return 0
  return 1 + Math.max(...kit.map((it) => levelsBelow(it.sku, known, bound - 1)))
}

function levelsAbove(sku: string, known: KnownItems, bound = KIT_DEPTH_MAX + 1): number {
  const kits = [...known.kitsWith(sku)]
  if (kits.length === 0 || bound === 0) return 0
  return 1 + Math.max(...kits.map((kit) => levelsAbove(kit, known, bound - 1)))
}

/** The codes that lead from one back to it; null when none do. A code that maps to itself is just known by its own name. */
function ringFrom(start: string, map: Readonly<Record<string, string>>): string[] | null {
  const ring = [start]
  let code = Object.hasOwn(map, start) ? map[start]! : start
  if (code === start) return null
  while (code !== start) {
    if (!Object.hasOwn(map, code) || ring.includes(code)) return null
    ring.push(code)
    code = map[code]!
  }
  return ring
}
