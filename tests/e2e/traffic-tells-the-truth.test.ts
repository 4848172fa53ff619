import { expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { accept } from '../../regions/inbox/accept.ts'
import { translate } from '../../regions/inbox/translate.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { figuresOf } from '../../regions/ledger/core/figures.ts'
import { Ledger } from '../../regions/ledger/core/ledger.ts'
import { tapeOf } from '../../scripts/traffic/given.ts'
import { catalogueOf } from '../../scripts/traffic/world/catalogue.ts'
import { sitesOf } from '../../scripts/traffic/world/demo-sites.ts'
import { type MasterData, masterDataOf } from '../../scripts/traffic/world/master-data.ts'
import type { Message, RegionWorld } from '../../scripts/traffic/world/world.ts'

/**
 * The generator's world knows what truly lies on the shelves; the ledger hears of it only from systems that speak late,
 * twice, out of order, by three clocks and in two formats. Once all has been said, the two have to agree.
 */

const MINUTES = 20
const REGIONS = ['eu', 'us']

test.each(['plimsoll', 'another company'])(
  'once all has been told, the ledger holds what is true (%s)',
  (seed) => {
    const { world, messages } = tapeOf(seed, MINUTES * 60, { regions: REGIONS })
    for (const region of REGIONS) {
      const { ledger, refused } = heard(seed, region, messages)
      expect(refused.filter((code) => code !== 'unknown-code' && code !== 'truncated-transaction')).toEqual(
        [],
      )
      expect(onShelves(ledger, region, world.regions[region]!)).toEqual(truth(world.regions[region]!))
    }
  },
)

function heard(
  seed: string,
  region: string,
  messages: readonly Message[],
): { ledger: Ledger; refused: string[] } {
  const ledger = new Ledger()
  const { master } = ledger.books
  for (const fact of masterFacts(masterDataOf(sitesOf(region), catalogueOf(seed), REGIONS)))
    ledger.apply(fact, newEffects(), 0)
  const refused: string[] = []
  const arriving = messages.filter((message) => message.region === region).sort((a, b) => a.sendAt - b.sendAt)
  for (const { source, body, contentType, sendAt } of arriving) {
    const bytes = new TextEncoder().encode(body)
    const { events, refusals } = translate(
      { source, body: bytes, contentType, headers: {}, receivedAt: sendAt },
      master,
    )
    refused.push(...refusals.map(({ code }) => code))
    for (const event of events) {
      const accepted = accept(event, master, sendAt)
      if (!accepted.ok) refused.push(accepted.error.code)
      else if (ledger.apply(accepted.value, newEffects(), sendAt) === 'conflict')
        refused.push(`conflict ${event.id}`)
    }
  }
  return { ledger, refused }
}

function masterFacts({ sources, nodes, items, mappings }: MasterData): Fact[] {
  const upserts = (type: string, key: string, rows: MasterData['items']): Fact[] =>
    rows.map(({ [key]: subject, ...row }) => {
      const data = key === 'sku' ? { baseUom: 'EA', decimals: 0, ...row } : { sells: true, ...row }
      const id = `${type}/${String(subject)}`
      return {
        specversion: '1.0',
        id,
        source: 'plimsoll-hub',
        type,
        time: '2026-01-01T00:00:00Z',
        subject,
        data,
      } as Fact
    })
  return [
    ...upserts('plimsoll.source.upserted', 'source', sources),
    ...upserts('plimsoll.node.upserted', 'node', nodes),
    ...upserts('plimsoll.item.upserted', 'sku', items),
    ...upserts('plimsoll.mapping.upserted', 'source', mappings),
  ]
}

type Shelves = Record<string, { onHand: number; damaged: number; quarantined: number }>

/** What nobody has told yet can't be known: those skus are left out on both sides. */
const isTold = (region: RegionWorld, sku: string): boolean =>
  Object.values(region.telling).every(({ untold }) => untold.every((happening) => happening.sku !== sku))

function truth(region: RegionWorld): Shelves {
  const shelves: Shelves = {}
  for (const [node, bySku] of Object.entries(region.stock)) {
    for (const [sku, { onHand, damaged, quarantined }] of Object.entries(bySku))
      if (isTold(region, sku)) shelves[`${sku} ${node}`] = { onHand, damaged, quarantined }
  }
  return shelves
}

function onShelves({ books }: Ledger, region: string, world: RegionWorld): Shelves {
  const { warehouse, depot } = sitesOf(region)
  const shelves: Shelves = {}
  for (const sku of Object.keys(world.stock[warehouse.node]!)) {
    if (!isTold(world, sku)) continue
    for (const { node, onHand, damaged, quarantined } of figuresOf(books, books.skus.idOf(sku), 0).nodes)
      if (node === warehouse.node || node === depot.node)
        shelves[`${sku} ${node}`] = { onHand, damaged, quarantined }
  }
  return shelves
}
