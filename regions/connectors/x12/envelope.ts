import type { Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'
import { at, type Chunk, type Segment, tokenize } from './tokenize.ts'

/** Who sent it, and by which numbers it is known. Empty texts where the file came without an envelope. */
export type Envelope = {
  readonly sender: string
  readonly interchangeControl: string
  readonly groupControl: string
  /** GS04 and GS05, else ISA09 and ISA10. */
  readonly date: string
  readonly time: string
  readonly isTest: boolean
}

export type Transaction = {
  /** The number of the transaction set: `945`. */
  readonly set: string
  readonly control: string
  readonly envelope: Envelope
  /** Between ST and SE. */
  readonly segments: readonly Segment[]
  /** Whether its SE came: without it, a part is missing, and nobody knows which. */
  readonly isWhole: boolean
}

export type X12File = {
  readonly transactions: readonly Transaction[]
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly string[]
}

const NO_ENVELOPE: Envelope = {
  sender: '',
  interchangeControl: '',
  groupControl: '',
  date: '',
  time: '',
  isTest: false,
}

/** A file's transactions. Wrong counts and numbers are remarks as long as the structure is whole. */
export function readX12(text: string): X12File {
  const { chunks, countOfSt, warnings } = tokenize(text)
  const file: Building = { transactions: [], refusals: [], warnings: [...warnings] }
  for (const chunk of chunks) readChunk(chunk, file)
  const found = file.transactions.length
  if (found < countOfSt) {
    const detail = `the text has ${countOfSt} ST segments, but only ${found} could be read; ask the sender for a clean file`
    file.refusals.push(malformed('lost-transaction', detail))
  } else if (found === 0 && file.refusals.length === 0 && !chunks.some(isAcknowledgement)) {
    file.refusals.push(malformed('not-x12', 'no ISA and no ST segment with a transaction was found in it'))
  }
  return file
}

type Building = { transactions: Transaction[]; refusals: Refusal[]; warnings: string[] }

const isAcknowledgement = (chunk: Chunk): boolean => chunk.segments.some(({ name }) => name === 'TA1')

function readChunk({ isa, segments }: Chunk, file: Building): void {
  const reader = new ChunkReader(isa, file)
  for (const segment of segments) reader.read(segment)
  reader.end()
}

/** Follows the nesting ISA > GS > ST of one interchange, and compares what the trailers claim. */
class ChunkReader {
  readonly #file: Building
  readonly #hasIsa: boolean
  #envelope: Envelope
  #group: { control: string; transactions: number } | null = null
  #groups = 0
  #open: { set: string; control: string; segments: Segment[] } | null = null
  #strays: Segment[] = []
  #isClosed = false

  constructor(isa: readonly string[] | null, file: Building) {
    this.#file = file
    this.#hasIsa = isa !== null
    this.#envelope = isa === null ? NO_ENVELOPE : envelopeOf(isa)
  }

  read(segment: Segment): void {
    switch (segment.name) {
      case 'GS':
        return this.#startGroup(segment)
      case 'ST':
        this.#close(false)
        this.#open = { set: at(segment, 1), control: at(segment, 2), segments: [] }
        return
      case 'SE':
        return this.#endTransaction(segment)
      case 'GE':
        return this.#endGroup(segment)
      case 'IEA':
        return this.#endInterchange(segment)
      case 'TA1':
        return this.#warn(`interchange acknowledgement TA1 ${at(segment, 1)}: no stock in it`)
      default:
        if (this.#open) this.#open.segments.push(segment)
        else this.#strays.push(segment)
    }
  }

  end(): void {
    this.#close(false)
    if (this.#group) this.#warn(`group ${this.#group.control} has no GE`)
    if (this.#hasIsa && !this.#isClosed)
      this.#warn(`interchange ${this.#envelope.interchangeControl} has no IEA`)
    if (this.#strays.length === 0) return
    const names = [...new Set(this.#strays.map(({ name }) => name.slice(0, 3)))].slice(0, 5).join(', ')
    const detail = `${this.#strays.length} segments (${names}) stand outside any transaction; an ST is missing or garbled`
    this.#file.refusals.push(malformed('stray-segments', detail))
  }

  #startGroup(segment: Segment): void {
    this.#close(false)
    this.#groups++
    this.#group = { control: at(segment, 6), transactions: 0 }
    const { date, time } = this.#envelope
    this.#envelope = {
      ...this.#envelope,
      sender: this.#envelope.sender || at(segment, 2),
      groupControl: at(segment, 6),
      date: at(segment, 4) || date,
      time: at(segment, 4) ? at(segment, 5) : time,
    }
  }

  #endTransaction(segment: Segment): void {
    const open = this.#open
    if (!open) return void this.#strays.push(segment)
    const count = open.segments.length + 2
    const where = `${open.set} ${open.control}`
    if (Number(at(segment, 1)) !== count)
      this.#warn(`${where}: SE says ${at(segment, 1)} segments, there are ${count}`)
    if (at(segment, 2) !== open.control) this.#warn(`${where}: SE names transaction ${at(segment, 2)}`)
    this.#close(true)
  }

  #endGroup(segment: Segment): void {
    this.#close(false)
    const group = this.#group
    if (!group) return this.#warn('a GE has no GS')
    if (Number(at(segment, 1)) !== group.transactions) {
      this.#warn(
        `group ${group.control}: GE says ${at(segment, 1)} transactions, there are ${group.transactions}`,
      )
    }
    if (at(segment, 2) !== group.control)
      this.#warn(`group ${group.control}: GE names group ${at(segment, 2)}`)
    this.#group = null
  }

  #endInterchange(segment: Segment): void {
    this.#close(false)
    this.#isClosed = true
    if (!this.#hasIsa) return
    const { interchangeControl: control } = this.#envelope
    if (Number(at(segment, 1)) !== this.#groups) {
      this.#warn(`interchange ${control}: IEA says ${at(segment, 1)} groups, there are ${this.#groups}`)
    }
    if (at(segment, 2) !== control)
      this.#warn(`interchange ${control}: IEA names interchange ${at(segment, 2)}`)
  }

  #close(isWhole: boolean): void {
    if (!this.#open) return
    this.#file.transactions.push({ ...this.#open, envelope: this.#envelope, isWhole })
    if (this.#group) this.#group.transactions++
    this.#open = null
  }

  #warn(text: string): void {
    this.#file.warnings.push(text)
  }
}

function envelopeOf(isa: readonly string[]): Envelope {
  return {
    sender: isa[6] ?? '',
    interchangeControl: isa[13] ?? '',
    groupControl: '',
    date: isa[9] ?? '',
    time: isa[10] ?? '',
    isTest: isa[15]?.toUpperCase() === 'T',
  }
}
