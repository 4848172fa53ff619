/** A kit in a kit: deeper is refused at the border, and counts for nothing should it come about by a race. */
export const KIT_DEPTH_MAX = 2

/** An item as kits need it: what stands of it by itself, and what one is put together from. */
export type KitPart = {
  readonly sku: string
  /** Units that stand assembled, or (of a plain item) all there are for the asker. */
  readonly own: number
  readonly parts: readonly { readonly quantity: number; readonly part: KitPart }[]
}

/**
 * How many of an item can be given: what stands assembled and what can be put together. A component that goes into a kit
 * and into a kit within it is shared between the two, so no unit is counted twice.
 */
export function kitFigure(kit: KitPart): number {
  if (kit.parts.length === 0) return kit.own
  const bound = Math.min(...kit.parts.map(({ quantity, part }) => Math.floor(kitFigure(part) / quantity)))
  if (kit.parts.every(({ part }) => part.parts.length === 0)) return kit.own + bound
  // More sets never need less of anything, so the most that can be made is found by halving.
  let [low, high] = [0, Math.max(0, bound)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (canMake(kit, middle)) low = middle
    else high = middle - 1
  }
  return kit.own + low
}

function canMake(kit: KitPart, sets: number): boolean {
  const taken = new Map<string, number>()
  const take = ({ sku, own, parts }: KitPart, quantity: number): boolean => {
    const before = taken.get(sku) ?? 0
    const fromOwn = Math.min(Math.max(0, own - before), quantity)
    taken.set(sku, before + fromOwn)
    const short = quantity - fromOwn
    return short === 0 || (parts.length > 0 && parts.every((it) => take(it.part, short * it.quantity)))
  }
  return kit.parts.every(({ quantity, part }) => take(part, sets * quantity))
}
