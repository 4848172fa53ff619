import type { RegionProcess } from './region-process.ts'

/** So many units of an item come in at ber1, told by `wms`: both have to be there. */
export async function receive(region: RegionProcess, sku: string, quantity: number): Promise<void> {
  await region.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: `received-${sku}`,
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: sku,
      data: { node: 'ber1', quantity },
    },
    contentType: 'application/cloudevents+json',
  })
}
