import { asFigure } from './quantity.ts'
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
 * Day by day from today (index 0) to the last on which something is due, within the horizon: the days after that are as the
 * last one.
 */
export type Promises = {
  readonly today: Instant
  /** ATP, never negative. */
  readonly promised: readonly number[]
  /** Stock and all supply through the day: what there is to share then. */
  readonly supplied: readonly number[]
}

/**
 * ATP(d) = min of projected from d to the horizon's end, projected(d) = gross + supply due from today through d − demand
 * due through d: so no day promises what a later day needs.
 */
export function promiseByDay(inputs: PromiseInputs): Promises {
  const today = startOfDay(inputs.now)
  const dayIndex = (at: Instant): number => (startOfDay(at) - today) / MS_PER_DAY
  let days = 1
  for (const dated of [inputs.supply, inputs.demand])
    for (const { at } of dated) days = Math.max(days, dayIndex(at) + 1)
  days = Math.min(days, inputs.horizonDays + 1)
  const projected: number[] = []
  const supplied: number[] = []
  for (let day = 0; day < days; day++) {
    projected.push(0)
    supplied.push(0)
  }
  for (const { at, quantity } of inputs.supply) {
    const day = dayIndex(at)
    if (day >= 0 && day < days) supplied[day]! += quantity
  }
  for (const { at, quantity } of inputs.demand) {
    const day = Math.max(0, dayIndex(at))
    if (day < days) projected[day]! -= quantity
  }
  supplied[0]! += inputs.gross
  let demanded = 0
  for (let day = 0; day < days; day++) {
    if (day > 0) supplied[day] = asFigure(supplied[day]! + supplied[day - 1]!)
    demanded += projected[day]!
    projected[day] = supplied[day]! + demanded
  }
  let least = Number.POSITIVE_INFINITY
  for (let day = days - 1; day >= 0; day--) {
    least = Math.min(least, projected[day]!)
    projected[day] = Math.max(0, asFigure(least))
  }
  return { today, promised: projected, supplied }
}

/** One entry for today and one for each day on which the figure changes. */
export function changesOf(today: Instant, promised: readonly number[]): AvailableToPromise[] {
  const changes: AvailableToPromise[] = []
  promised.forEach((quantity, day) => {
    if (day === 0 || quantity !== promised[day - 1])
      changes.push({ date: dayOf(today + day * MS_PER_DAY), quantity })
  })
  return changes
}

export function availableToPromise(inputs: PromiseInputs): AvailableToPromise[] {
  const { today, promised } = promiseByDay(inputs)
  return changesOf(today, promised)
}

/** The earliest day that can promise the quantity; null when none within the horizon can. */
export function earliestDay(promised: readonly AvailableToPromise[], quantity: number): string | null {
  return promised.find((it) => it.quantity >= quantity)?.date ?? null
}
