import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeClient } from './edge-client.ts'

/** An edge that knows these key ids, and notes which signed. */
let known: readonly string[] = []
let signedBy: string[] = []
const edge = createServer((request, response) => {
  const id = /k=([^,]+)/.exec(String(request.headers['x-plimsoll-signature']))![1]!
  signedBy.push(id)
  response.statusCode = known.includes(id) ? 200 : 401
  response.end('{}')
})
let url = ''

beforeAll(async () => {
  edge.listen(0, '127.0.0.1')
  await once(edge, 'listening')
  const address = edge.address()
  url = typeof address === 'object' ? `http://127.0.0.1:${address!.port}` : ''
})

afterAll(() => edge.close())

const client = (before?: string) =>
  new EdgeClient(
    {
      url,
      keyId: 'new',
      secret: 'a-secret-of-tests',
      ...(before ? { before: { keyId: before, secret: 'another-secret-of-tests' } } : {}),
    },
    'eu',
    { now: () => 0 },
  )

test('the newest key signs, and the one before only while the edge does not know the newest', async () => {
  const region = client('old')
  const push = async (...ids: string[]) => {
    known = ids
    signedBy = []
    const outcome = await region.push(new Uint8Array([1])).catch((error: unknown) => String(error))
    return [outcome, ...signedBy]
  }
  expect(await push('old')).toEqual([{ kind: 'applied' }, 'new', 'old'])
  expect(await push('old', 'new')).toEqual([{ kind: 'applied' }, 'new'])
  expect(await push('new')).toEqual([{ kind: 'applied' }, 'new'])
  expect(await push()).toEqual([expect.stringContaining('answered 401'), 'new', 'old'])
})

test('without a key before, a key that the edge does not know is a failure', async () => {
  known = ['old']
  await expect(client().push(new Uint8Array([1]))).rejects.toThrow('answered 401')
})
