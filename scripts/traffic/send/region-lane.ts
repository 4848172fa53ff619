import type { MasterData } from '../world/master-data.ts'
import type { Message, RegionWorld } from '../world/world.ts'
import type { RegionTarget } from '../config.ts'
import { Mouths } from './mouths.ts'
import { seedRegion } from './seed-region.ts'

const BACKOFF_FIRST_MS = 500
const BACKOFF_MS_MAX = 15_000
/** In one go, so that a full outbox doesn't hold up the clock of the world. */
const SENT_AT_ONCE_MAX = 50
/** With so much unsent, the region's business stands still until it is there again. */
const OUTBOX_MAX = 500

export type Tally = { events: number; files: number; refused: number }

/** The way into one region: seeds it once, sends what is due in order, and steps back while the region isn't there. */
export class RegionLane {
  readonly name: string
  readonly tally: Tally = { events: 0, files: 0, refused: 0 }
  lastTrouble: string | null = null
  readonly #target: RegionTarget
  readonly #master: MasterData
  readonly #mouths: Mouths
  #failures = 0
  #notBefore = 0

  constructor(target: RegionTarget, master: MasterData) {
    this.name = target.region
    this.#target = target
    this.#master = master
    this.#mouths = new Mouths(target)
  }

  isAway(): boolean {
    return this.#failures > 0
  }

  /** Whether the region's world may go on. */
  hasRoom(region: RegionWorld | undefined): boolean {
    return region === undefined || region.outbox.length < OUTBOX_MAX
  }

  /** Removes from the outbox what has arrived. */
  async send(region: RegionWorld, now: number): Promise<void> {
    if (now < this.#notBefore) return
    if (!region.isSeeded && !(await this.#seed(region, now))) return
    const due = region.outbox
      .filter(({ sendAt }) => sendAt <= now)
      .sort((a, b) => a.sendAt - b.sendAt)
      .slice(0, SENT_AT_ONCE_MAX)
    for (const message of due) {
      const outcome = await this.#mouths.send(message)
      if (outcome === 'gone') return this.#stepBack(now, `${message.via} of ${message.source} was not taken`)
      this.#failures = 0
      this.#count(message, outcome === 'refused')
      region.outbox.splice(region.outbox.indexOf(message), 1)
    }
  }

  async close(): Promise<void> {
    await this.#mouths.close()
  }

  async #seed(region: RegionWorld, now: number): Promise<boolean> {
    try {
      await seedRegion(this.#target, this.#master)
      region.isSeeded = true
      return true
    } catch (error) {
      this.#stepBack(now, error instanceof Error ? error.message : String(error))
      return false
    }
  }

  #count({ via, events }: Message, isRefused: boolean): void {
    if (isRefused) this.tally.refused += 1
    else if (via === 'inbound') this.tally.files += 1
    else this.tally.events += events
  }

  #stepBack(now: number, why: string): void {
    this.lastTrouble = why
    this.#notBefore = now + Math.min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 10)
  }
}
