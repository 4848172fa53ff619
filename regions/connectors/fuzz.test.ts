import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { amazonConnector } from './amazon/amazon.ts'
import { cloudeventsConnector } from './cloudevents/cloudevents.ts'
import type { Connector } from './connector.ts'
import { epcisConnector } from './epcis/epcis.ts'
import { anyCodes, message } from './given.ts'
import { shopifyConnector } from './shopify/shopify.ts'
import { trytonConnector } from './tryton/tryton.ts'
import { walmartConnector } from './walmart/walmart.ts'
import { woocommerceConnector } from './woocommerce/woocommerce.ts'
import { edi } from './x12/given.ts'
import { x12Connector } from './x12/x12.ts'

/** The connectors without their guard: none may throw, and none may hand on what the schema would refuse. */

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, import.meta.url)))
const samplesOf = (name: string): Uint8Array[] =>
  readdirSync(new URL(`${name}/samples`, import.meta.url)).map((file) => bytesOf(`${name}/samples/${file}`))

const W = 'W06*F*O-1*20261122*S-1\nW17*F*20261122*R-1*O-1\nW15*20261122*A-1\nW05*N*O-1\nLX*1'
const LINES =
  'W12*CC*5*5**EA**VN*A\nN9*LV*1*5\nW07*5*EA**VN*A\nW13*1*EA*01\nW19*05*-5*EA**VN*A\nW01*5*EA**VN*A\nW03*5\nW14*5\nW76*5'
const made = ['940', '944', '945', '947'].map((set) => new TextEncoder().encode(edi(set, `${W}\n${LINES}`)))
const event = {
  specversion: '1.0',
  type: 'plimsoll.stock.received',
  source: 's',
  id: '1',
  time: '2026-11-22T00:00:00Z',
  data: { sku: 'A', node: 'n', quantity: 1 },
}

const CASES: readonly (readonly [Connector, Uint8Array[]])[] = [
  [
    cloudeventsConnector,
    [...samplesOf('cloudevents'), new TextEncoder().encode(JSON.stringify([event, event]))],
  ],
  [x12Connector, [...samplesOf('x12'), ...made]],
  [epcisConnector, samplesOf('epcis')],
  [trytonConnector, samplesOf('tryton')],
  [shopifyConnector, samplesOf('shopify')],
  [woocommerceConnector, samplesOf('woocommerce')],
  [amazonConnector, samplesOf('amazon')],
  [walmartConnector, samplesOf('walmart')],
]

const codes = anyCodes({ defaultNode: 'home' })

function holds(connector: Connector, body: Uint8Array, headers: Record<string, string> = {}): void {
  const given = message(body, { headers })
  expect(typeof connector.recognises(given)).toBe('boolean')
  const { events, refusals } = connector.translate(given, codes)
  for (const it of events) {
    expect(CanonicalEvent.safeParse(it).success).toBe(true)
    expect(it.source).toBe('wms-1')
  }
  for (const { code, detail } of refusals) expect(code.length * detail.length).toBeGreaterThan(0)
}

describe.each(CASES.map(([connector, samples]) => ({ connector, samples, name: connector.name })))(
  '$name',
  ({ connector, samples }) => {
    const sample = fc.constantFrom(...samples)

    test('takes random bytes', () =>
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 512 }), (body) => holds(connector, body)),
        { numRuns: 300 },
      ))

    test('takes messages cut off anywhere', () =>
      fc.assert(
        fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), (body, part) =>
          holds(connector, body.slice(0, Math.floor(body.length * part))),
        ),
        { numRuns: 300 },
      ))

    test('takes messages with bytes changed, left out and put in', () => {
      const change = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        drop: fc.nat(8),
        put: fc.uint8Array({ maxLength: 8 }),
      })
      fc.assert(
        fc.property(sample, fc.array(change, { minLength: 1, maxLength: 12 }), (body, changes) => {
          let bytes = Buffer.from(body)
          for (const { at, drop, put } of changes) {
            const from = Math.floor(bytes.length * at)
            bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + drop)])
          }
          holds(connector, new Uint8Array(bytes))
        }),
        { numRuns: 500 },
      )
    })

    test('takes messages whose words were exchanged', () => {
      const word = fc.constantFrom(
        '',
        '0',
        '-1',
        '2.5',
        '1e400',
        'null',
        '[]',
        '{}',
        '"x"',
        'NaN',
        '__proto__',
        'constructor',
        '9'.repeat(40),
        ' ',
        '*',
        '~',
        'ST*945*0001~',
        'é',
      )
      fc.assert(
        fc.property(
          sample,
          fc.array(fc.tuple(fc.nat(), word), { minLength: 1, maxLength: 8 }),
          (body, swaps) => {
            const words = new TextDecoder('iso-8859-1').decode(body).split(/([A-Za-z0-9_."-]+)/)
            for (const [n, text] of swaps) words[n % words.length] = text
            holds(connector, new TextEncoder().encode(words.join('')))
          },
        ),
        { numRuns: 500 },
      )
    })
  },
)

test('cloudevents takes any headers', () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'ce-specversion',
          'ce-type',
          'ce-id',
          'ce-time',
          'ce-source',
          'ce-__proto__',
          'ce-data',
        ),
        fc.oneof(fc.string(), fc.constantFrom('1.0', '%', '%zz', 'plimsoll.stock.counted')),
      ),
      fc.uint8Array(),
      (headers, body) => holds(cloudeventsConnector, body, headers),
    ),
  ))
