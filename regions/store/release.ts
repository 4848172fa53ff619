/**
 * Gives the memory of a value that SQLite gave back at once; nothing may look at it any more. V8 frees it when it collects, and
 * collects everything for each 64 MB of it: a start reads gigabytes, with a million skus in the heap already.
 */
export function release({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
