import { QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Refusal } from './connector.ts'
import { malformed } from './refusals.ts'

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/

/**
 * A quantity as text, exactly: `72.000` is 72; `2.5` is refused, never rounded; so is what no number is, and what is
 * beyond what we count in.
 */
export function parseWhole(text: string, where: string): Result<number, Refusal> {
  const m = DECIMAL.exec(text)
  const [, sign, digits = '', fraction = ''] = m ?? []
  if (!m || digits + fraction === '') {
    return err(malformed('not-a-number', `${where}: ${JSON.stringify(text.slice(0, 32))} is not a number`))
  }
  if (/[1-9]/.test(fraction)) return err(notWhole(text, where))
  return withinRange(Number(digits) * (sign === '-' ? -1 : 1), where)
}

/** The same for a JSON value, which has to be a number: a text such as `"3"` is another kind of mistake. */
export function checkWhole(value: unknown, where: string): Result<number, Refusal> {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    const seen = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 32)
    return err(malformed('not-a-number', `${where}: expected a whole number, found ${seen}`))
  }
  return Number.isInteger(value) ? withinRange(value, where) : err(notWhole(String(value), where))
}

/** For what can't be less than nothing: stock counted, received, shipped. */
export function notNegative(quantity: Result<number, Refusal>, where: string): Result<number, Refusal> {
  if (!quantity.ok || quantity.value >= 0) return quantity
  return err(malformed('negative-quantity', `${where}: ${quantity.value} is less than nothing`))
}

function withinRange(value: number, where: string): Result<number, Refusal> {
  if (Math.abs(value) <= QUANTITY_MAX) return ok(value === 0 ? 0 : value)
  return err({ class: 'unit', code: 'out-of-range', detail: `${where}: ${value} is beyond ${QUANTITY_MAX}` })
}

const notWhole = (text: string, where: string): Refusal => ({
  class: 'unit',
  code: 'not-whole',
  detail: `${where}: ${text.slice(0, 32)} is not a whole number; it is never rounded. Send a smaller unit`,
})
