import type { ChannelFigure } from '../../shared/contract/feed-api.ts'

/** A figure that is sent, and what is then said of it to whoever keeps it. */
export type Taken = {
  readonly figure: ChannelFigure
  readonly sequence: number
  readonly done: () => void
  readonly giveBack: () => void
}

/** Of so many turns one is left to those that are not urgent: they come too, however much is. */
const TURNS = 4

/**
 * What may not wait until its turn in a long queue comes: a catalogue at five calls a second takes hours. It is sent before,
 * and is recognised when its turn does come. A start forgets it, and it has its turn.
 */
export class UrgentFigures {
  readonly #figures = new Map<string, { readonly figure: ChannelFigure; readonly sequence: number }>()
  #turn = 0

  /** The newest of a sku that is urgent, whatever made it so. */
  note(figure: ChannelFigure, sequence: number, isUrgent: boolean): void {
    if (isUrgent || this.#figures.has(figure.sku)) this.#figures.set(figure.sku, { figure, sequence })
  }

  get isDue(): boolean {
    return this.#figures.size > 0 && ++this.#turn % TURNS !== 0
  }

  take(most: number): Taken[] {
    const taken = [...this.#figures].slice(0, most)
    return taken.map(([sku, it]) => {
      this.#figures.delete(sku)
      const giveBack = (): void => {
        if (!this.#figures.has(sku)) this.#figures.set(sku, it)
      }
      return { ...it, done: () => {}, giveBack }
    })
  }
}
