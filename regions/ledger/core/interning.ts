/** Texts as small integers, so that hot tables hold numbers. An integer once given stays. */
export class Interning {
  readonly #ids = new Map<string, number>()
  readonly texts: string[] = []

  idOf(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
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
