import { receive } from './receive.ts'
import { RegionProcess } from './region-process.ts'

/** Two processes of one region, the first of which writes, with so many units of HOT at ber1. */
export async function startTwo(
  options: { readonly folder: string; readonly nats: string },
  units: number,
): Promise<{ readonly one: RegionProcess; readonly two: RegionProcess }> {
  const one = new RegionProcess({ region: 'eu', ...options, dataName: 'one' })
  const two = new RegionProcess({ region: 'eu', ...options, dataName: 'two' })
  await one.start()
  await one.put('/v1/nodes/ber1', { source: 'wms' })
  await one.put('/v1/sources/wms', { role: 'wms' })
  await one.put('/v1/items/HOT', {})
  await receive(one, 'HOT', units)
  await two.start()
  return { one, two }
}
