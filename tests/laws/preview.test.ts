import fc from 'fast-check'
import { expect, test } from 'vitest'
import { previewPolicies } from '../../regions/governance/preview-policies.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { figuresOf } from '../../regions/ledger/core/figures.ts'
import type { Ledger } from '../../regions/ledger/core/ledger.ts'
import { rulesOf, snapshotRowOf } from '../../regions/ledger/core/snapshot-row.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { PreviewPolicies } from '../../shared/contract/policy-bundle.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { foldAll } from './picture.ts'
import { anyTape, NOW, SKUS } from './tapes.ts'

const signed = { author: 'ada', reason: 'tried' }
const CLASSES = ['web', 'edi', 'b2b/gold']

const anyPolicy = fc.oneof(
  fc.record({
    kind: fc.constant('safetyStock'),
    scope: fc.constantFrom('*', 'sku:X', 'node:ber1', 'tier:A', 'channel:web', 'sku:X,node:muc1'),
    body: fc.oneof(
      fc.nat(30).map((quantity) => ({ quantity, ...signed })),
      fc.nat(100).map((percent) => ({ percent, ...signed })),
    ),
  }),
  fc.record({
    kind: fc.constant('depletion'),
    scope: fc.constantFrom('*', 'channel:web', 'sku:X'),
    body: fc.constantFrom('reservation', 'pick', 'shipment').map((mode) => ({ mode, ...signed })),
  }),
  fc.record({
    kind: fc.constant('allocation'),
    scope: fc.constantFrom('*', 'sku:X', 'tier:A'),
    body: fc.nat(40).map((quantity) => ({ rules: [{ class: 'edi', ringFence: { quantity } }], ...signed })),
  }),
  fc.record({
    kind: fc.constant('tier'),
    scope: fc.constantFrom('sku:X', 'sku:KIT'),
    body: fc.constantFrom('A', 'B', 'C').map((tier) => ({ tier, ...signed })),
  }),
  fc.record({
    kind: fc.constant('freshness'),
    scope: fc.constantFrom('source:wms', '*'),
    body: fc.nat(100).map((percent) => ({
      maxSilenceMs: 1,
      downAfterMs: 2,
      late: { action: 'serve' },
      down: percent > 50 ? { action: 'exclude' } : { action: 'buffer', percent },
      ...signed,
    })),
  }),
)

/** The figure of every sku for nobody in particular and for each class, with its tier. */
function figuresNow({ books }: Ledger): Map<string, number | string> {
  const found = new Map<string, number | string>()
  const rules = rulesOf(books, 0, NOW)
  for (const name of SKUS) {
    if (!books.master.item(name)) continue
    const figures = figuresOf(books, books.skus.find(name), NOW)
    const row = snapshotRowOf(figures)
    found.set(`${name} tier`, figures.tier)
    found.set(`${name} null`, figureOf(row, rules, {}))
    for (const it of CLASSES) {
      const [channel, segment] = it.split('/')
      found.set(`${name} ${it}`, figureOf(row, rules, { channel, segment }))
    }
  }
  return found
}

test('what a preview tells is what comes true when the policies are activated; until then nothing has changed', async () => {
  await fc.assert(
    fc.asyncProperty(anyTape, fc.array(anyPolicy, { minLength: 1, maxLength: 3 }), async (tape, drafts) => {
      const unique = [...new Map(drafts.map((it) => [`${it.kind}/${it.scope}`, it])).values()]
      const asked = PreviewPolicies.parse({ policies: unique, classes: CLASSES })
      const ledger = foldAll(tape)
      ledger.time.pass(NOW, newEffects())
      const [before, version] = [figuresNow(ledger), ledger.books.master.version]
      const preview = await previewPolicies(
        ledger.books,
        () => NOW,
        () => ledger.sequence,
        asked,
      )
      expect(figuresNow(ledger)).toEqual(before)
      expect(ledger.books.master.version).toBe(version)

      asked.policies.forEach((data, n) => {
        const activated = {
          specversion: '1.0',
          id: `preview-${n}`,
          source: 'plimsoll-hub',
          type: 'plimsoll.policy.activated',
          // Behind every policy of the tape, so that these are the ones in force.
          time: formatInstant(NOW + 86_400_000),
          subject: `${data.kind}/${data.scope}`,
          data,
        }
        ledger.apply(activated as unknown as Fact, newEffects(), NOW)
      })
      const after = figuresNow(ledger)
      const told = new Map<string, number | string>(before)
      for (const it of preview.changes) {
        expect(before.get(`${it.sku} ${it.class}`)).toBe(it.before)
        told.set(`${it.sku} ${it.class}`, it.after)
      }
      const figures = (all: Map<string, number | string>) =>
        [...all].filter(([name]) => !name.endsWith(' tier'))
      expect(figures(told)).toEqual(figures(after))
      const tiers = [...after].filter(([name, value]) => name.endsWith(' tier') && before.get(name) !== value)
      expect(preview.tiersChanged).toBe(tiers.length)
    }),
    { numRuns: 200 },
  )
})
