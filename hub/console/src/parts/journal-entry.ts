/** What a fact did to a state (`GET /v1/journal`, docs/design/ledger.md). */
export type JournalEffect = {
  readonly sku: string
  readonly node: string | null
  readonly lot?: string
  readonly counted?: { readonly asOf: string } & Readonly<Record<string, number | string>>
} & Readonly<Partial<Record<(typeof MOVED)[number], number>>>

export type JournalEntry = {
  readonly entry: number
  readonly recordedAt: string
  readonly status: 'accepted' | 'duplicate' | 'conflict'
  readonly version: number | null
  readonly event: {
    readonly id: string
    readonly source: string
    readonly type: string
    readonly time: string
    readonly subject?: string
    readonly correlationid?: string
    readonly data?: Readonly<Record<string, unknown>>
  }
  readonly effects: readonly JournalEffect[]
}

const MOVED = [
  'onHand',
  'damaged',
  'quarantined',
  'inTransit',
  'expected',
  'reserved',
  'allocated',
  'picked',
] as const

/** "onHand −3 at ber1, reserved −3 at ber1". */
export const effectWords = (effects: readonly JournalEffect[]): string =>
  effects
    .flatMap((effect) => {
      const place = `${effect.node ?? 'no node yet'}${effect.lot === undefined ? '' : `, lot ${effect.lot}`}`
      const moved = MOVED.flatMap((state) => {
        const by = effect[state]
        return by === undefined || by === 0 ? [] : [`${state} ${by < 0 ? `−${-by}` : `+${by}`}`]
      })
      const counted = effect.counted
        ? Object.entries(effect.counted).flatMap(([state, value]) =>
            typeof value === 'number' ? [`${state} counted ${value}`] : [],
          )
        : []
      const all = [...counted, ...moved]
      return all.length === 0 ? [] : [`${all.join(', ')} at ${place}`]
    })
    .join('; ')
