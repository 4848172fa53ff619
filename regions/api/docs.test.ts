import { Parser } from '@asyncapi/parser'
import { expect, test } from 'vitest'
import { regionAsyncApi } from '../../shared/contract/async-api.ts'

test('the AsyncAPI document is valid AsyncAPI 3', async () => {
  const { document, diagnostics } = await new Parser().parse(JSON.stringify(regionAsyncApi()))
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
  expect(
    document
      ?.channels()
      .all()
      .map((channel) => channel.id()),
  ).toEqual(['inbound', 'facts', 'decisions', 'exceptions', 'feeds', 'reports'])
})
