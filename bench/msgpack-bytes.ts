/** How many bytes a value takes in MessagePack (msgpack.org, the shortest form of each): whole numbers, texts, lists and records. */
export function msgpackBytes(value: unknown): number {
  if (value === null || typeof value === 'boolean') return 1
  if (typeof value === 'number') return integerBytes(value)
  if (typeof value === 'string') {
    const { length } = new TextEncoder().encode(value)
    return length + (length < 32 ? 1 : length < 256 ? 2 : length < 65_536 ? 3 : 5)
  }
  const head = (count: number): number => (count < 16 ? 1 : count < 65_536 ? 3 : 5)
  if (Array.isArray(value))
    return value.reduce<number>((sum, it) => sum + msgpackBytes(it), head(value.length))
  if (typeof value !== 'object') throw new Error(`no such value: ${typeof value}`)
  const entries = Object.entries(value)
  return entries.reduce((sum, [key, it]) => sum + msgpackBytes(key) + msgpackBytes(it), head(entries.length))
}

function integerBytes(value: number): number {
  if (!Number.isSafeInteger(value)) return 9
  if (value >= -32 && value < 128) return 1
  const bits =
    value < 0
      ? [2 ** 7, 2 ** 15, 2 ** 31].map((it) => value >= -it)
      : [2 ** 8, 2 ** 16, 2 ** 32].map((it) => value < it)
  return bits[0] ? 2 : bits[1] ? 3 : bits[2] ? 5 : 9
}
