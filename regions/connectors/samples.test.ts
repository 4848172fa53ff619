import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { chooseConnector } from './choose.ts'
import type { Codes, Message, Translation } from './connector.ts'
import { anyCodes, codes, message } from './given.ts'

/**
 * Every genuine message that is kept here, by a source that names no connector: what it becomes, or the name under which it waits.
 * Then each of them broken in every way that the world breaks messages: nothing throws, and nothing passes in silence.
 */

const FOLDERS = ['amazon', 'cloudevents', 'shopify', 'walmart', 'woocommerce', 'x12'] as const
const samples = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(`${folder}/samples`, import.meta.url))
    .filter((name) => name !== 'README.md')
    .map((name) => ({
      name: `${folder}/${name}`,
      bytes: new Uint8Array(readFileSync(new URL(`${folder}/samples/${name}`, import.meta.url))),
    })),
)
const home = anyCodes({ defaultNode: 'home' })

/** In a word: how many of which events, and the code of each refusal. Null where no connector takes it. */
function outcome(bytes: Uint8Array, known: Codes = home, given: Partial<Message> = {}): string {
  const told = translate(bytes, known, given)
  if (told === null) return 'unrecognised-format'
  const kinds = Map.groupBy(told.events, ({ type }) => type.replace('plimsoll.', ''))
  const counts = [...kinds].map(([kind, events]) => `${events.length} ${kind}`)
  const refused = [...new Set(told.refusals.map(({ code }) => code))]
  return [...counts, ...refused].join(', ') || 'no effect'
}

function translate(bytes: Uint8Array, known: Codes, given: Partial<Message> = {}): Translation | null {
  const it = message(bytes, given)
  const chosen = chooseConnector(undefined, it)
  return chosen.ok ? chosen.value.translate(it, known) : null
}

const EXPECTED: Readonly<Record<string, string>> = {
  'amazon/notification-FBAInventoryAvailabilityChangeNotification-built-from-schema-examples.json':
    '2 stock.counted',
  'amazon/notification-OrderChangeNotification-1.json': '1 order.accepted',
  'amazon/sandbox-extinv-batchInventory-207-1.json': '1 stock.counted, invalid-sku',
  'amazon/schema-OrderChangeNotification.json': 'unrecognised-format',
  'cloudevents/correlation-1.json': 'foreign-type',
  'cloudevents/json-format-1.json': 'foreign-type',
  'cloudevents/nats-binding-binary.txt': 'unrecognised-format',
  'cloudevents/nats-binding-structured.txt': 'unrecognised-format',
  'shopify/goshopify-order.json': 'no effect',
  'shopify/hmac-test-vector.json': 'unrecognised-format',
  'shopify/rest-2026_07-fulfillment-1.json': 'no effect',
  'shopify/rest-2026_07-inventory_level-1.json': '4 stock.counted',
  'shopify/rest-2026_07-order-1.json': '1 order.accepted',
  'shopify/rest-2026_07-refund-1.json': '2 stock.returned',
  'walmart/us-getMultiNodeInventoryForSkuAndAllShipnodes-res200-ex.json': '1 stock.counted',
  'walmart/us-updateBulkInventory-req-json1.json': '2 stock.counted',
  'woocommerce/orders-1.json': '1 order.accepted',
  'x12/eskrano-846-sample.edi': '49 stock.counted',
  'x12/eskrano-856-sample.edi': 'no effect',
  'x12/node-x12-856.edi': '2 stock.shipped',
  'x12/x12types-940-1.edi': '1 order.accepted',
  'x12/x12types-945-simplot.edi': '3 stock.shipped',
}

test.each(samples)('$name is what it should be', ({ name, bytes }) => {
  expect(outcome(bytes)).toBe(EXPECTED[name])
})

describe.each(samples)('$name', ({ bytes }) => {
  const text = new TextDecoder().decode(bytes)
  const isJson = /^\s*[[{]/.test(text)

  test('says the same, under the same names, when it comes again', () =>
    expect(translate(bytes, home)).toEqual(translate(bytes, home)))

  test('waits for codes that nobody knows, and takes nothing that needs them', () => {
    const told = translate(bytes, codes())
    if (told === null) return
    holds(told)
    expect(told.events.filter(({ type }) => !type.startsWith('plimsoll.order.cancelled'))).toEqual([])
    for (const { class: kind, unknown } of told.refusals)
      if (kind === 'unknown-code' && unknown) expect(unknown.code).not.toBe('')
  })

  test('cut off anywhere is refused by name, or counts as far as it is whole', () => {
    for (let part = 0; part < CUTS; part++)
      holds(translate(bytes.slice(0, (bytes.length * part) / CUTS), home))
  })

  test('in another encoding is the same, or refused by name', () => {
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes])
    expect(outcome(marked)).toBe(outcome(bytes))
    const wide = new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
    expect(outcome(wide)).toBe(outcome(bytes))
    holds(translate(new Uint8Array([...bytes, 0xfc, 0xe4]), home))
    holds(
      translate(
        bytes.map((byte) => byte ^ 0x80),
        home,
      ),
    )
  })

  test('with its lines ended by any system’s own character is the same', () => {
    for (const end of ['\r\n', '\r']) {
      const ended = new TextEncoder().encode(text.replaceAll(/\r?\n/g, end))
      expect(outcome(ended)).toBe(outcome(bytes))
    }
  })

  test('with any part exchanged for another kind is taken, or refused by name', () => {
    if (!isJson) return withOtherSegments(text)
    const document = JSON.parse(text) as unknown
    for (const path of spread(leavesOf(document), LEAVES_MAX))
      for (const value of STRANGE) {
        const changed = JSON.stringify(withValue(document, path, value))
        holds(translate(new TextEncoder().encode(changed), home))
      }
  })
})

/** Left out, doubled, of other digits, of no digits. */
function withOtherSegments(text: string): void {
  const end = /~/.test(text) ? '~' : '\n'
  const segments = text.split(end)
  for (const [n, segment] of segments.slice(0, LEAVES_MAX).entries()) {
    const nines = segment.replaceAll(/\d/g, '9')
    for (const other of [[], [segment, segment], [nines], [segment.replaceAll(/\d+/g, 'x')]])
      holds(translate(new TextEncoder().encode(segments.toSpliced(n, 1, ...other).join(end)), home))
  }
}

/** What any translation has to be: facts that the schema takes, refusals with a name and a reason, and never nothing at all. */
function holds(told: Translation | null): void {
  if (told === null) return
  for (const event of told.events.slice(0, 5))
    if (!CanonicalEvent.safeParse(event).success) expect(event).toBe('a canonical event')
  for (const { code, detail } of told.refusals) expect(code !== '' && detail !== '').toBe(true)
  expect(told.events.length + told.refusals.length + told.warnings.length).toBeGreaterThan(0)
}

const CUTS = 23
const STRANGE = [null, 'x', '', -1, 1.5, 1e308, '99999999999999999999', [], {}]
const LEAVES_MAX = 40

type Path = readonly (string | number)[]
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  return [...(path.length > 0 ? [path] : []), ...entries.flatMap(([key, it]) => leavesOf(it, [...path, key]))]
}

/** So many of them, with those in front that a connector is likely to read. */
function spread(paths: readonly Path[], most: number): readonly Path[] {
  const isRead = (path: Path): boolean =>
    /sku|quant|amount|_at$|date|time|^id$|_id$|status|available|items?$|qty|code/i.test(String(path.at(-1)))
  const ranked = [...paths].sort((a, b) => Number(isRead(b)) - Number(isRead(a)) || a.length - b.length)
  return ranked.slice(0, most)
}

function withValue(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  const inner = withValue((document as Record<string | number, unknown>)[key], rest, value)
  if (Array.isArray(document)) return document.with(key as number, inner)
  return { ...(document as object), [key]: inner }
}
