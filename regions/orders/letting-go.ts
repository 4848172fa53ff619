import type { Logger } from 'pino'
import type { Clock } from '../../shared/kernel/clock.ts'
import type { RegionConfig } from '../config.ts'
import type { LedgerWriter } from '../ledger/ledger-writer.ts'
import { isUnderWay } from './core/flow-tasks.ts'
import { systemNames } from './system-names.ts'

const DAY_MS = 86_400_000
const EVERY_MS = 15_000

type Parts = {
  readonly config: RegionConfig
  readonly writer: LedgerWriter
  readonly clock: Clock
  readonly log: Logger
}

/** Lets go of orders that are over, everywhere, and were not heard of for as long as they are to be kept. */
export class LettingGo {
  readonly #parts: Parts
  #timer: NodeJS.Timeout | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  #look(): void {
    const { config, writer, clock, log } = this.#parts
    const { books } = writer.ledger
    const names = systemNames(config, books.master)
    const count = writer.letGo(clock.now() - config.demandKeptDays * DAY_MS, (orderRef) => {
      const flow = books.flows.find(orderRef)
      return flow !== undefined && isUnderWay(flow, books, names)
    })
    if (count > 0) log.info({ count }, 'orders that are over were let go')
  }
}
