import { dayOf, type Instant, startOfDay } from '../kernel/clock.ts'

/** So many units on a UTC day, given as any instant of it. */
export type Dated = { readonly at: Instant; readonly quantity: number }

export type PromiseInputs = {
  readonly now: Instant
  /** Sellable after safety stock now, over all nodes: the G of allocation. */
  readonly gross: number
  /** Announced supply, already net of its confidence. What was due before today has not come and counts no more. */
  readonly supply: readonly Dated[]
  /** Open demand by due day; whatever is overdue, or has no day, is due now. */
  readonly demand: readonly Dated[]
  readonly horizonDays: number
}

export type AvailableToPromise = { readonly date: string; readonly quantity: number }

const MS_PER_DAY = 86_400_000

/**
 * ATP(d) = min of projected from d to the horizon's end, projected(d) = gross + supply due from today through d − demand
 * due through d: so no day promises what a later day needs. One entry for today and one for each day it changes.
 */
export function availableToPromise(inputs: PromiseInputs): AvailableToPromise[] {
  const today = startOfDay(inputs.now)
  const change = Array.from({ length: inputs.horizonDays + 1 }, () => 0)
  const dayIndex = (at: Instant): number => (startOfDay(at) - today) / MS_PER_DAY
  for (const { at, quantity } of inputs.supply) {
    const day = dayIndex(at)
    if (day >= 0 && day < change.length) change[day]! += quantity
  }
  for (const { at, quantity } of inputs.demand) {
    const day = Math.max(0, dayIndex(at))
    if (day < change.length) change[day]! -= quantity
  }
  let projected = inputs.gross
  const projection = change.map((delta) => (projected += delta))
  const promised: number[] = Array.from({ length: projection.length }, () => 0)
  let least = Number.POSITIVE_INFINITY
  for (let day = projection.length - 1; day >= 0; day--) {
    least = Math.min(least, projection[day]!)
    promised[day] = Math.max(0, least)
  }
  return promised.flatMap((quantity, day) =>
    day === 0 || quantity !== promised[day - 1] ? [{ date: dayOf(today + day * MS_PER_DAY), quantity }] : [],
  )
}

/** The earliest day that can promise the quantity; null when none within the horizon can. */
export function earliestDay(promised: readonly AvailableToPromise[], quantity: number): string | null {
  return promised.find((it) => it.quantity >= quantity)?.date ?? null
}
