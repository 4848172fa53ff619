/** Texts as small integers, so that hot tables hold numbers. An integer once given stays. */
export class Interning {
  readonly #ids = new Map<string, number>()
  readonly texts: string[] = []

  /** The same text often comes many times in a row: comparing is quicker than hashing. */
  #lastText = ''
  #lastId = -1

  idOf(text: string): number {
    if (text === this.#lastText && this.#lastId >= 0) return this.#lastId
    this.#lastText = text
    return (this.#lastId = this.#ids.get(text) ?? this.#add(text))
  }

  #add(text: string): number {
    const id = this.texts.length
    this.#ids.set(text, id)
    this.texts.push(text)
    return id
  }

  /** -1 when the text was never seen. */
  find(text: string): number {
    return this.#ids.get(text) ?? -1
  }

  textOf(id: number): string {
    return this.texts[id]!
  }
}
