import { setFlagsFromString } from 'node:v8'

/** How much more than what is live there may be before it is looked for. */
const GROWING_PERCENT = 30

/**
 * Work that reads much from the disk and keeps nearly all of it, as a start does. By itself V8 collects everything for each
 * 64 MB of buffers that come and go, which with a million skus in the heap takes half a second every time; meanwhile it
 * judges by heap and buffers together. Not for good: where much comes and goes, twice the memory would be kept for it.
 */
export async function collectingRarely<T>(work: () => T | Promise<T>): Promise<T> {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`)
  try {
    return await work()
  } finally {
    setFlagsFromString('--no-external-memory-accounted-in-global-limit')
    setFlagsFromString('--heap-growing-percent=0')
  }
}
