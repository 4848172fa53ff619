import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { openCentreApp } from '../../tests/support/centre-app.ts'
import { heartbeat } from '../../tests/support/heartbeat.ts'
import { RegionWatch } from '../intake/region-watch.ts'
import { Trends } from './trends.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
let centre: Awaited<ReturnType<typeof openCentreApp>>

beforeAll(async () => void (centre = await openCentreApp()), openCentreApp.withinMs)
afterAll(() => centre.stop())

test('keeps a row a minute, the worst of each, for a week, and never what a new writer’s counters would take away', async () => {
  const { clock, db } = centre
  const watch = new RegionWatch()
  let pending = 0
  const watches = new Map([
    ['eu', watch],
    ['us', new RegionWatch()],
  ])
  const intake = { watches, pending: () => Promise.resolve(pending) }
  const trends = new Trends({ db, intake, regions: ['eu', 'us'], clock })
  /** What the region says at this moment, and a look at it some time after. */
  const look = async (eventsIn: number, rowsOut: number, behind: number, afterMs: number): Promise<void> => {
    const beat = heartbeat({ at: formatInstant(clock.at), factsBehind: behind })
    watch.hear({ ...beat, edge: { ...beat.edge, eventsIn, rowsOut, dirtySkus: behind } }, clock.at)
    pending = behind * 2
    clock.at += afterMs
    await trends.sample()
  }
  clock.at = Math.floor(clock.at / DAY_MS) * DAY_MS
  const first = clock.at
  await look(100, 10, 0, 1_000)
  await look(180, 20, 7, 4_000)
  await look(200, 30, 1, 1_000)
  clock.at = first + MINUTE_MS
  await look(30, 5, 0, 500)

  const [eu, us] = await trends.read(1)
  expect(us).toMatchObject({ region: 'us', points: [] })
  expect(eu!.points).toMatchObject([
    {
      at: formatInstant(first),
      watermarkAgeMs: 4_000,
      factsBehind: 7,
      intakePending: 14,
      dirtySkus: 7,
      eventsIn: 100,
      rowsOut: 20,
    },
    { at: formatInstant(first + MINUTE_MS), watermarkAgeMs: 500, factsBehind: 0, eventsIn: 30, rowsOut: 5 },
  ])
  expect((await trends.read(24))[0]!.points).toMatchObject([{ factsBehind: 7, eventsIn: 130, rowsOut: 25 }])
  expect((await trends.read(168))[0]).toMatchObject({ stepMs: 3_600_000 })

  clock.at = first + 7 * DAY_MS + MINUTE_MS
  await trends.prune()
  expect((await trends.read(168))[0]!.points).toHaveLength(1)
  clock.at += MINUTE_MS
  await trends.prune()
  expect((await trends.read(168))[0]!.points).toEqual([])
})
