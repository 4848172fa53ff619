import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseInstant } from '../../shared/kernel/clock.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import { EdgeInHand } from '../support/edge-in-hand.ts'
import { eventually } from '../support/eventually.ts'
import { EU, PublishedRegion } from '../support/published-region.ts'
import { type LinkFault, PushLink } from '../support/push-link.ts'

/**
 * The publisher of a region, a link that fails, and the Worker over real D1 and KV. After each fault the digest of every shard at
 * the edge is the ledger's, and meanwhile no answer is older than it says.
 */
const SHARDS = 4
const SKUS = 120
const SETTLED_WITHIN_MS = 20_000
const random = seededRandom('edge-faults')
const below = (max: number): number => random.int(0, max)
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-faults-'))

let edge: EdgeInHand
let link: PushLink
let region: PublishedRegion
let asker: Asker

beforeAll(async () => {
  edge = await EdgeInHand.start(folder, EU)
  link = await PushLink.start(edge.url)
  region = new PublishedRegion({ url: link.url, secret: edge.pushSecret }, SHARDS)
  region.windows({ A: 20, B: 60, C: 150 })
  for (let n = 0; n < SKUS; n++) region.item(skuOf(n), TIERS[n % 3]!)
  region.start()
  moveSome(60)
  await settled()
  asker = new Asker()
  asker.start()
})

afterEach(() => asker.wasToldTheTruth())

afterAll(async () => {
  await asker?.stop()
  await region?.publisher.stop()
  await link?.close()
  await edge?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the edge holds what the ledger holds, after a push', () => {
  test.each<[string, LinkFault]>([
    ['that was lost', 'lost'],
    ['whose answer was lost', 'answer-lost'],
    ['that arrived twice', 'repeated'],
    ['that arrived behind its successor', 'overtaken'],
  ])('%s', async (_, fault) => {
    for (let round = 0; round < 4; round++) {
      link.disturb(fault)
      moveSome(10)
      await settled()
    }
  })

  test('and everything that ever was recorded, sent again in any order', async () => {
    moveSome(20)
    await settled()
    const replayed = link.recorded.slice(-25)
    for (const push of [...replayed.toReversed(), ...replayed]) {
      const { status } = await link.send(push)
      expect([200, 409]).toContain(status)
    }
    expect(await edge.digests()).toEqual(await region.digests())
    moveSome(5)
    await settled()
  })
})

describe('the edge holds what the ledger holds, although the Worker', () => {
  test('was started again, empty', async () => {
    moveSome(10)
    await asker.stop()
    await edge.startAgain()
    asker.start()
    moveSome(10)
    await settled()
  })

  test('went away while pushes were under way', async () => {
    const moving = setInterval(() => moveSome(3), 5)
    await asker.stop()
    for (let n = 0; n < 3; n++) {
      await new Promise((wake) => setTimeout(wake, 100))
      await edge.startAgain()
    }
    asker.start()
    clearInterval(moving)
    await settled()
  })

  test('passed over to another writer, whose predecessor still spoke', async () => {
    moveSome(10)
    link.disturb('overtaken')
    await region.anotherWriter()
    moveSome(10)
    await settled()
  })
})

test('the edge holds what the ledger holds after a fresh start in parts, whatever happens to one of them', async () => {
  region.partBytesMax = 2_000
  for (const fault of ['lost', 'answer-lost', 'repeated', 'overtaken'] as const) {
    await settled()
    link.disturb(fault)
    await region.anotherWriter()
    moveSome(10)
  }
  await settled()
  region.partBytesMax = undefined
})

describe('an error of D1 in the middle of a batch takes all of it back', () => {
  const steps = [
    ['hot', 'INSERT ON hot_log'],
    ['whole shards', 'UPDATE ON shard'],
    ['the log of changes', 'INSERT ON change_log'],
    ['the head, the last of all', 'UPDATE ON head'],
  ] as const
  test.each(steps)('at %s', async (_, step) => {
    await settled()
    const db = await edge.db
    const before = await dump()
    await db.prepare(`CREATE TRIGGER out BEFORE ${step} BEGIN SELECT RAISE(ABORT, 'D1 is out'); END`).run()
    moveEvery(7)
    const failed = link.pushes
    await eventually(() => Promise.resolve(link.pushes > failed + 1))
    // The tier whose rows can be written goes on; what the trigger stops leaves nothing of its own push.
    if (step === 'UPDATE ON head' || step === 'INSERT ON change_log') expect(await dump()).toEqual(before)
    await db.prepare('DROP TRIGGER out').run()
    await settled()
  })

  /** All that D1 holds but for the moment, which a heartbeat moves. */
  async function dump(): Promise<unknown> {
    const db = await edge.db
    const tables = ['SELECT * FROM shard', 'SELECT * FROM hot_log', 'SELECT * FROM change_log']
    const read = await db.batch(tables.map((sql) => db.prepare(sql)))
    return read.map(({ results }) => results)
  }
})

describe('old values left in KV on purpose', () => {
  test('are never answered from, warm or empty, with their own mark or a newer one', async () => {
    await settled()
    const keys = Array.from({ length: SHARDS }, (_, shard) => `shard:eu:${shard}`)
    const old = await Promise.all(keys.map((key) => edge.copyInKv(key)))
    moveEvery(11)
    await settled()
    for (const mark of ['old', 'new']) {
      for (const [shard, key] of keys.entries()) {
        const { metadata } = mark === 'old' ? old[shard]! : await edge.copyInKv(key)
        await edge.putInKv(key, { value: old[shard]!.value, metadata })
      }
      await asker.stop()
      await edge.startAgain()
      for (const sku of region.skus) {
        const { status, body } = await edge.get<Answer>(`/v1/availability/${sku}`)
        expect([status, body.sku, body.availableToSell]).toEqual([200, sku, region.figure(sku)])
      }
      asker.start()
      expect(await edge.digests()).toEqual(await region.digests())
    }
  })
})

describe('by order of an operator', () => {
  test('pushes pause, and go on with the newest figures of what changed meanwhile', async () => {
    await settled()
    region.publisher.pause()
    await eventually(() => Promise.resolve(link.underWay === 0))
    const { pushes } = link
    for (let n = 0; n < 50; n++) moveEvery(1)
    await new Promise((wake) => setTimeout(wake, 1_200))
    expect(link.pushes).toBe(pushes)
    expect(region.publisher.status()).toMatchObject({ state: 'paused', dirtySkus: SKUS })
    region.publisher.resume()
    await settled()
    expect(link.pushes - pushes).toBeLessThan(15)
  })

  test('what D1 holds wrongly is built anew from the ledger, and the rebuild says how far it is', async () => {
    await settled()
    const db = await edge.db
    await db.batch([
      db.prepare('UPDATE shard SET body = (SELECT body FROM shard WHERE shard = 0) WHERE shard = 1'),
      db.prepare('DELETE FROM hot_log'),
    ])
    region.publisher.rebuild()
    expect(region.publisher.status().rebuild).toMatchObject({ shards: SHARDS, done: 0, finishedAt: null })
    await eventually(() => Promise.resolve(region.publisher.status().rebuild?.finishedAt !== null))
    expect(region.publisher.status().rebuild).toMatchObject({ shards: SHARDS, done: SHARDS })
    await settled()
    for (const sku of region.skus) {
      const { body } = await edge.get<Answer>(`/v1/availability/${sku}?maxAge=60000`)
      expect([sku, body.availableToSell]).toEqual([sku, region.figure(sku)])
    }
  })
})

test('whatever happens, in any order, the edge holds in the end what the ledger holds', async () => {
  const faults: readonly LinkFault[] = ['lost', 'answer-lost', 'repeated', 'overtaken']
  for (let round = 0; round < 30; round++) {
    moveSome(1 + below(15))
    // A longer row of failures is no other case, only a longer pause between two tries.
    if (link.faultsAhead >= 3)
      await eventually(() => Promise.resolve(link.isQuiet && region.publisher.status().state === 'pushing'))
    if (below(3) > 0) link.disturb(faults[below(faults.length)]!)
    if (below(4) === 0) await new Promise((wake) => setTimeout(wake, below(300)))
    if (below(12) === 0) await region.anotherWriter()
    const recorded = link.recorded.at(-1 - below(10))
    if (recorded && below(3) === 0) await link.send(recorded)
  }
  await settled()
})

test('no region has more than one push under way', () => {
  expect(link.underWayMax).toBe(1)
})

type Answer = { sku: string; availableToSell: number; asOf: string }

/** Asks for one sku after the other, and notes each answer that was not right at any moment since its asOf. */
class Asker {
  answers = 0
  readonly #wrong: object[] = []
  #isAsking = false
  #asking: Promise<void> = Promise.resolve()

  start(): void {
    this.#isAsking = true
    this.#asking = this.#ask()
  }

  async stop(): Promise<void> {
    this.#isAsking = false
    await this.#asking
  }

  wasToldTheTruth(): void {
    if (this.answers === 0) throw new Error('nothing was answered')
    if (this.#wrong.length > 0) throw new Error(`older than said: ${JSON.stringify(this.#wrong.slice(0, 5))}`)
  }

  async #ask(): Promise<void> {
    while (this.#isAsking) {
      const sku = skuOf(below(SKUS))
      const { status, body } = await edge.get<Answer>(`/v1/availability/${sku}`)
      const to = Date.now()
      if (status === 200) this.#judge(body, to)
      else if (status !== 503) this.#wrong.push({ sku, status })
      await new Promise((wake) => setTimeout(wake, 2))
    }
  }

  #judge({ sku, availableToSell, asOf }: Answer, to: number): void {
    this.answers++
    if (!region.wasRight(sku, availableToSell, parseInstant(asOf)!, to))
      this.#wrong.push({ sku, availableToSell, asOf, now: region.figure(sku) })
  }
}

const TIERS = ['A', 'B', 'C'] as const
function skuOf(n: number): string {
  return `SKU-${n}`
}

function moveSome(times: number): void {
  for (let n = 0; n < times; n++) region.move(skuOf(below(SKUS)), below(20) - 8)
}

function moveEvery(by: number): void {
  for (const sku of region.skus) region.move(sku, by)
}

/** Nothing waits, no fault is left, and both sides have the same digests. */
async function settled(): Promise<void> {
  await eventually(async () => {
    if (!link.isQuiet || region.publisher.status().dirtySkus > 0) return false
    const [digests, expected] = [await edge.digests(), await region.digests()]
    return digests.length === SHARDS && digests.every((digest, shard) => digest === expected[shard])
  }, SETTLED_WITHIN_MS)
}
