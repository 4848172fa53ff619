import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chooseConnector } from './choose.ts'
import type { Connector } from './connector.ts'
import { codes, message } from './given.ts'
import { guarded } from './guard.ts'

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const chosen = (configured: Connector['name'] | undefined, body: string): string => {
  const connector = chooseConnector(configured, message(body))
  return connector.ok ? connector.value.name : connector.error.code
}

describe('the connector of a message', () => {
  test('is the one its source is configured with, whatever it looks like', () =>
    expect(chosen('x12', '{"specversion":"1.0"}')).toBe('x12'))

  test.each([
    ['cloudevents/samples/json-format-1.json', 'cloudevents'],
    ['epcis/samples/cycle-count.jsonld', 'epcis'],
    ['x12/samples/eskrano-846-sample.edi', 'x12'],
    ['x12/samples/x12types-945-simplot.edi', 'x12'],
    ['x12/samples/README.md', 'unrecognised-format'],
  ])('of %s is %s', (name, expected) => expect(chosen(undefined, file(name))).toBe(expected))

  test('that fails makes a refusal of it, and stops nobody else', () => {
    const broken: Connector = {
      name: 'x12',
      recognises: () => {
        throw new Error('no')
      },
      translate: () => {
        throw new Error('oops')
      },
    }
    expect(guarded(broken).recognises(message(''))).toBe(false)
    expect(guarded(broken).translate(message(''), codes()).refusals).toMatchObject([
      { code: 'connector-fault', detail: expect.stringContaining('oops') },
    ])
  })
})
