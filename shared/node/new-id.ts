import { randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** So much chance is drawn at once: asking the system for four bytes costs more than the id. */
const words = new Uint32Array(1024)
let next = words.length

const generator = new V7Generator({
  nextUint32: () => {
    if (next === words.length) {
      randomFillSync(words)
      next = 0
    }
    return words[next++]!
  },
})

/** A UUID version 7 (RFC 9562): in the order of time, so that rows made one after the other lie together. */
export const newId = (): string => generator.generate().toString()
