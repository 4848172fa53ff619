import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 judge by heap and buffers together when to collect. By itself it collects everything for each 64 MB of buffers
 * that come and go, messages and database rows: with a million skus in the heap that stops the process for half a second
 * every time.
 */
export function collectByWhole(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
