import { Hono } from 'hono'

/** What every peer is asked: hold so much of a sku. True when it is held for good, on the disk. */
export type Hold = (id: string, sku: string, quantity: number) => Promise<boolean>

type Body = { readonly lines: readonly [{ readonly sku: string; readonly quantity: number }] }

/** The same HTTP around each peer: it reads the JSON of a reservation and answers about the same bytes as ours. */
export function holdApp(hold: Hold): Hono {
  const app = new Hono()
  app.post('/v1/reservations', async (c) => {
    const {
      lines: [{ sku, quantity }],
    } = await c.req.json<Body>()
    const id = crypto.randomUUID()
    if (!(await hold(id, sku, quantity))) return c.json({ type: '/problems/insufficient-availability' }, 409)
    const lines = [{ line: '1', sku, quantity, reserved: quantity }]
    return c.json({ reservationId: id, status: 'held', expiresAt: EXPIRES_AT, lines }, 201)
  })
  return app
}

const EXPIRES_AT = new Date(Date.now() + 900_000).toISOString()

export type Waiting = {
  readonly id: string
  readonly sku: string
  readonly quantity: number
  readonly resolve: (isHeld: boolean) => void
  readonly reject: (error: unknown) => void
}

/** Group commit: what comes while a batch is under way is one batch. */
export function grouped(holdAll: (waiting: readonly Waiting[]) => Promise<readonly boolean[]>): Hold {
  let waiting: Waiting[] = []
  let isRunning = false
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const held = await holdAll(batch)
        batch.forEach(({ resolve }, i) => resolve(held[i]!))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isRunning = false
  }
  return (id, sku, quantity) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, sku, quantity, resolve, reject })
      if (isRunning) return
      isRunning = true
      setImmediate(() => void run())
    })
}
