import { invariant } from '../../../shared/kernel/invariant.ts'
import type { Random } from '../../../shared/kernel/random.ts'
import type { CatalogueItem } from './catalogue.ts'
import type { Place, Sites } from './demo-sites.ts'
import { type Happening, type RegionWorld, type Stock, stockAt, type World } from './world.ts'

/** One region during one tick: all that a happening needs to come about. */
export type Scene = {
  readonly world: World
  readonly region: RegionWorld
  readonly sites: Sites
  readonly catalogue: readonly CatalogueItem[]
  readonly now: number
  readonly seconds: number
  /** 2 = everything takes half as long, and twice as much happens. */
  readonly speed: number
  readonly chance: Random
}

/** When something that takes `fromMs` to `toMs` at speed 1 is over. */
export const later = (scene: Scene, fromMs: number, toMs: number): number =>
  scene.now + Math.round(scene.chance.int(fromMs, toMs) / scene.speed)

export const oneOf = <T>(chance: Random, list: readonly T[]): T => list[chance.int(0, list.length)]!

export const hits = (chance: Random, perMille: number): boolean => chance.int(0, 1000) < perMille

/** How often something that happens so many times a second happens in this tick. */
export function timesNow(scene: Scene, perSecond: number): number {
  const expected = perSecond * scene.speed * scene.seconds
  const whole = Math.floor(expected)
  return whole + (hits(scene.chance, Math.round((expected - whole) * 1000)) ? 1 : 0)
}

export const placeOf = ({ sites }: Scene, node: string): Place =>
  node === sites.warehouse.node ? sites.warehouse : sites.depot

/** Changes what lies there. Things can't be fewer than none, whoever counts. */
export function change(scene: Scene, node: string, sku: string, by: Partial<Stock>): void {
  const stock = stockAt(scene.region, node, sku)
  stock.onHand += by.onHand ?? 0
  stock.damaged += by.damaged ?? 0
  stock.quarantined += by.quarantined ?? 0
  stock.picked += by.picked ?? 0
  invariant(
    Math.min(stock.damaged, stock.quarantined, stock.picked) >= 0 &&
      stock.onHand >= stock.damaged + stock.quarantined + stock.picked,
    `${sku} at ${node} is physically impossible: ${JSON.stringify(stock)}`,
  )
}

/** Somebody will tell of it, in time. */
export function tell(scene: Scene, teller: string, happening: Omit<Happening, 'teller' | 'at'>): void {
  scene.region.telling[teller]!.untold.push({ ...happening, teller, at: scene.now })
}
