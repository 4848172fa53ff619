import type { SourceWord } from '../../shared/contract/reports.ts'
import type { SourceId } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'

/** How far each source has spoken. */
export function sourceWords(books: Books): SourceWord[] {
  return [...books.master.all('source')].map(([source, { body }]) => {
    const word = books.silence.words.get(source)
    return {
      source: source as SourceId,
      role: body.role,
      facts: word?.facts ?? 0,
      lastFactAt: word ? formatInstant(word.lastFactAt) : null,
      highestSequence: word && word.highestSequence >= 0 ? word.highestSequence : null,
    }
  })
}
