import type { DemandLine } from './demand-line.ts'

/** Looking through so few costs less than a map of them. */
const LOOKED_THROUGH_MAX = 32

const NO_LINES: readonly DemandLine[] = []

/** The lines of one order. Those that share a line's id are a group: one, but for the components of a kit. */
export class OrderLines {
  all: readonly DemandLine[] = NO_LINES
  #groups: Map<string, DemandLine[]> | null = null

  group(line: string): readonly DemandLine[] {
    if (this.#groups) return this.#groups.get(line) ?? NO_LINES
    if (this.all.length === 1) return this.all[0]!.line === line ? this.all : NO_LINES
    return this.all.filter((it) => it.line === line)
  }

  find(line: string, sku: number): DemandLine | undefined {
    return this.group(line).find((it) => it.sku === sku)
  }

  add(line: DemandLine): void {
    // Not pushed: that would make room for sixteen more.
    this.all = this.all.concat(line)
    if (this.#groups) this.#note(this.#groups, line)
    else if (this.all.length > LOOKED_THROUGH_MAX) {
      this.#groups = new Map()
      for (const it of this.all) this.#note(this.#groups, it)
    }
  }

  remove(line: DemandLine): void {
    this.all = this.all.filter((it) => it !== line)
    const group = this.#groups?.get(line.line)
    if (group) group.splice(group.indexOf(line), 1)
  }

  #note(groups: Map<string, DemandLine[]>, line: DemandLine): void {
    const known = groups.get(line.line)
    if (known) known.push(line)
    else groups.set(line.line, [line])
  }
}
