/** The port for chance. Seeded everywhere but at the rim, so that a run can be repeated. */
export type Random = {
  /** A whole number, min <= n < max. */
  readonly int: (min: number, max: number) => number
  /** An independent generator: draws from one never move the other. */
  readonly fork: (name: string) => Random
}

/** sfc32, seeded by a text. */
export function seededRandom(seed: string): Random {
  let [a, b, c, d] = seedWords(seed)
  const next = (): number => {
    const t = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let warmUp = 0; warmUp < 15; warmUp++) next()
  return {
    int: (min, max) => min + Math.floor((next() / 4_294_967_296) * (max - min)),
    fork: (name) => seededRandom(`${seed}/${name}`),
  }
}

function seedWords(seed: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]
  for (let i = 0; i < seed.length; i++) {
    for (let w = 0; w < 4; w++) words[w] = Math.imul(words[w]! ^ seed.charCodeAt(i), 0x01000193 + 2 * w) | 0
  }
  return words
}
