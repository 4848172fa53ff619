import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message, Translation } from '../connector.ts'
import { codes, message } from '../given.ts'
import { cloudeventsConnector } from './cloudevents.ts'

const known = codes({
  skus: { 'A-1': 'sku-1', '4006381333931': 'sku-1', 'sku-2': 'sku-2' },
  nodes: { WH7: 'ber1', ber1: 'ber1' },
  uoms: { ST: 'EA' },
})

const received = (given: Record<string, unknown> = {}, data: Record<string, unknown> = {}): object => ({
  specversion: '1.0',
  type: 'plimsoll.stock.received',
  source: 'wms-1',
  id: 'e1',
  time: '2026-11-23T10:00:00Z',
  data: { sku: 'A-1', node: 'WH7', uom: 'ST', quantity: 5, ...data },
  ...given,
})

const translate = (body: unknown, given: Partial<Message> = {}): Translation =>
  cloudeventsConnector.translate(
    message(typeof body === 'string' ? body : JSON.stringify(body), given),
    known,
  )

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')

describe('an event of ours', () => {
  test('is taken with the source’s own codes put into ours, and its unit not converted', () =>
    expect(translate(received(), { contentType: 'application/cloudevents+json; charset=utf-8' })).toEqual({
      events: [
        {
          specversion: '1.0',
          type: 'plimsoll.stock.received',
          source: 'wms-1',
          id: 'e1',
          time: '2026-11-23T10:00:00Z',
          subject: 'sku-1',
          data: { sku: 'sku-1', node: 'ber1', uom: 'EA', quantity: 5 },
        },
      ],
      refusals: [],
      warnings: [],
    }))

  test('may name its item by subject alone, and its place not at all where the source has one', () => {
    const event = received({ subject: 'A-1' }, { sku: undefined, node: undefined })
    const { events } = cloudeventsConnector.translate(message(JSON.stringify(event)), {
      ...known,
      defaultNode: 'ber1',
    })
    expect(events).toMatchObject([{ subject: 'sku-1', data: { node: 'ber1' } }])
  })

  test('is recognised without a content type', () => {
    expect(cloudeventsConnector.recognises(message(JSON.stringify(received())))).toBe(true)
    expect(cloudeventsConnector.recognises(message('{"orders":[]}'))).toBe(false)
    expect(translate(received()).events).toHaveLength(1)
  })

  test('keeps extensions and data it does not know', () => {
    const [event] = translate(received({ myext: 'x', sequence: '17' }, { bin: 'A1' })).events
    expect(event).toMatchObject({ myext: 'x', sequence: 17, data: { bin: 'A1' } })
  })

  test('of another CloudEvents source keeps that name in its id, as ids are unique only within it', () =>
    expect(translate(received({ source: '/scanner/2' })).events).toMatchObject([
      { source: 'wms-1', id: '/scanner/2 e1' },
    ]))

  test('without a time gets the time it came in, and says so', () => {
    const { events, warnings } = translate(received({ time: null }))
    expect(events).toMatchObject([{ time: '2026-11-23T16:00:00.000Z' }])
    expect(warnings).toEqual(['event: has no time; the time it came in stands for it'])
  })
})

describe('the binary mode', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-type': 'plimsoll.stock.counted',
    'ce-source': 'wms-1',
    'ce-id': 'c%201',
    'ce-time': '2026-11-23T10:00:00Z',
  }
  const data = { sku: 'A-1', node: 'WH7', states: { onHand: 0 }, asOf: '2026-11-23T10:00:00Z' }

  test('has its attributes in headers and its data as body', () =>
    expect(translate(data, { headers, contentType: 'application/json' }).events).toMatchObject([
      {
        type: 'plimsoll.stock.counted',
        id: 'c 1',
        datacontenttype: 'application/json',
        data: { sku: 'sku-1', states: { onHand: 0 } },
      },
    ]))

  test('of other data than JSON is refused by its type', () =>
    expect(translate('<a/>', { headers, contentType: 'text/xml' }).refusals).toMatchObject([
      { code: 'data-not-json' },
    ]))

  test('of a body that is no JSON is refused, not thrown', () =>
    expect(translate('{', { headers }).refusals).toMatchObject([{ class: 'malformed', code: 'not-json' }]))
})

describe('a batch', () => {
  test('yields its good events, and a refusal with index and path for each bad one', () => {
    const batch = [
      received(),
      received({ id: 'e2' }, { quantity: 2.5 }),
      7,
      received({ id: 'e4' }, { sku: 'B-9' }),
      received({ id: 'e5' }),
    ]
    const { events, refusals } = translate(batch, { contentType: 'application/cloudevents-batch+json' })
    expect(events.map(({ id }) => id)).toEqual(['e1', 'e5'])
    expect(refusals.map(({ class: kind, code }) => [kind, code])).toEqual([
      ['unit', 'not-whole'],
      ['malformed', 'not-an-event'],
      ['unknown-code', 'unknown-code'],
    ])
    expect(refusals[0]!.detail).toContain('event 1 (id e2): data.quantity')
    expect(refusals[2]!.detail).toContain('event 3 (id e4), data.sku: the item code "B-9"')
    expect(refusals[2]!.unknown).toEqual({ kind: 'sku', code: 'B-9' })
  })

  test('takes an order whole or not at all', () => {
    const lines = [
      { line: '1', sku: 'A-1', quantity: 1 },
      { line: '2', sku: 'B-9', quantity: 1 },
    ]
    const order = {
      ...received({ type: 'plimsoll.order.accepted' }),
      data: { orderRef: 'shop:1', channel: 'shop', lines },
    }
    const { events, refusals } = translate([order])
    expect(events).toEqual([])
    expect(refusals).toMatchObject([{ unknown: { kind: 'sku', code: 'B-9' } }])
  })
})

describe('refused by name are', () => {
  test.each([
    ['types that are not ours', sample('json-format-1.json'), 'foreign-type', 'com.example.someevent'],
    [
      'types that are not ours, with JSON data',
      sample('correlation-1.json'),
      'foreign-type',
      'com.example.order.placed',
    ],
    ['another version of CloudEvents', { ...received(), specversion: '0.3' }, 'not-cloudevents-1.0', '"0.3"'],
    [
      'data in base64',
      { ...received(), data: null, data_base64: 'AA==' },
      'data-base64',
      'send the data as JSON',
    ],
    ['an unknown type of ours', received({ type: 'plimsoll.stock.vanished' }), 'invalid-event', 'type'],
    ['a place nobody knows', received({}, { node: 'WH9' }), 'unknown-code', 'the place "WH9"'],
    ['no item', received({}, { sku: undefined }), 'no-item-code', 'names no item'],
    ['a quantity as text', received({}, { quantity: '3' }), 'invalid-event', 'data.quantity'],
    ['a quantity beyond counting', received({}, { quantity: 1e15 }), 'invalid-event', 'data.quantity'],
    ['less than nothing', received({}, { quantity: -1 }), 'invalid-event', 'data.quantity'],
    ['two items in one event', received({ subject: 'sku-2' }), 'two-items', 'subject names sku-2'],
    ['no JSON', '{"specversion":', 'not-json', 'not usable JSON'],
    ['JSON nested without end', '['.repeat(100_000), 'too-deep', '64'],
  ])('%s', (_, body, code, words) => {
    const { events, refusals } = translate(body)
    expect(events).toEqual([])
    expect(refusals).toMatchObject([{ code }])
    expect(refusals[0]!.detail).toContain(words)
  })
})

test('whatever JSON comes in a batch, each entry ends as an event or as one refusal', () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.jsonValue(), fc.constant(received())), { minLength: 1, maxLength: 8 }),
      (entries) => {
        const { events, refusals } = translate(entries)
        expect(events.length + refusals.length).toBe(entries.length)
      },
    ),
  ))
