import { digestBytes } from '../../shared/kernel/hash64.ts'
import type { Message } from '../connectors/connector.ts'

const PREFIX = 'in-'
/** Letters are tried again in the order of their ids: as they came. */
const DIGITS = 12

/** The dead letter of a message of INBOUND: the same whichever process finds that it can't be understood, and however often. */
export const letterOf = (sequence: number, { body }: Pick<Message, 'body'>): string =>
  `${PREFIX}${String(sequence).padStart(DIGITS, '0')}-${digestBytes(body)}`

/** Which message of INBOUND a letter is about; null of any other letter. */
export function sequenceOfLetter(id: string): number | null {
  const m = /^in-(\d+)-/.exec(id)
  return m ? Number(m[1]) : null
}
