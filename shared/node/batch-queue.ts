type Limits = {
  /** Of one batch. A single item may be larger. */
  readonly itemsMax: number
  readonly bytesMax: number
}

/** Gathers what arrives while the previous batch is under way. Two batches may wait; beyond that there is no room. */
export class BatchQueue<T> {
  readonly #limits: Limits
  readonly #bytesOf: (item: T) => number
  #waiting: T[] = []
  #bytes = 0
  #isEnded = false
  #arrived = Promise.withResolvers<void>()
  #taken = Promise.withResolvers<void>()

  constructor(limits: Limits, bytesOf: (item: T) => number) {
    this.#limits = limits
    this.#bytesOf = bytesOf
  }

  push(item: T): void {
    this.#waiting.push(item)
    this.#bytes += this.#bytesOf(item)
    this.#arrived.resolve()
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  end(): void {
    this.#isEnded = true
    this.#arrived.resolve()
    this.#taken.resolve()
  }

  /** Resolves when less than two batches wait, or when the queue has ended. */
  async hasRoom(): Promise<void> {
    const { itemsMax, bytesMax } = this.#limits
    while (!this.#isEnded && (this.#waiting.length >= 2 * itemsMax || this.#bytes >= 2 * bytesMax)) {
      this.#taken = Promise.withResolvers()
      await this.#taken.promise
    }
  }

  /** The next batch; empty only when the queue has ended. */
  async take(): Promise<readonly T[]> {
    while (this.#waiting.length === 0 && !this.#isEnded) {
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
    // Messages come out of the socket one microtask apart: a turn of the loop lets those that are here already join.
    if (!this.#isFull() && !this.#isEnded) await new Promise((resolve) => setImmediate(resolve))
    const batch = this.#waiting.splice(0, this.#countOfBatch())
    for (const item of batch) this.#bytes -= this.#bytesOf(item)
    this.#taken.resolve()
    return batch
  }

  #isFull(): boolean {
    return this.#waiting.length >= this.#limits.itemsMax || this.#bytes >= this.#limits.bytesMax
  }

  #countOfBatch(): number {
    const { itemsMax, bytesMax } = this.#limits
    let bytes = 0
    for (let count = 0; count < Math.min(itemsMax, this.#waiting.length); count++) {
      bytes += this.#bytesOf(this.#waiting[count]!)
      if (bytes > bytesMax && count > 0) return count
    }
    return itemsMax
  }
}
