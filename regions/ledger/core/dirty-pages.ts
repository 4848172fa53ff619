/**
 * Which rows changed since the last checkpoint, by pages of neighbours: it is pages that are written, and marking a page
 * that is marked already costs nothing.
 */
export class DirtyPages {
  readonly rowsPerPage: number
  readonly #shift: number
  #marks = new Uint8Array(1024)
  #pages: number[] = []

  /** `rowsPerPage` is a power of two. */
  constructor(rowsPerPage: number) {
    this.rowsPerPage = rowsPerPage
    this.#shift = Math.log2(rowsPerPage)
  }

  mark(row: number): void {
    const page = row >> this.#shift
    if (this.#marks[page] === 1) return
    if (page >= this.#marks.length) this.#grow(page + 1)
    this.#marks[page] = 1
    this.#pages.push(page)
  }

  get size(): number {
    return this.#pages.length
  }

  /** In order: a database likes neighbours. */
  pages(): Int32Array {
    return Int32Array.from(this.#pages).sort()
  }

  clear(): void {
    for (const page of this.#pages) this.#marks[page] = 0
    this.#pages = []
  }

  #grow(length: number): void {
    const marks = new Uint8Array(Math.max(length, this.#marks.length * 2))
    marks.set(this.#marks)
    this.#marks = marks
  }
}
