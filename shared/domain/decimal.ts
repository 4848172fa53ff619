/** A decimal number as it was written, exactly: `units` ÷ 10^`scale`. Never a float. */
export type Decimal = { readonly units: bigint; readonly scale: number }

export const NOTHING: Decimal = { units: 0n, scale: 0 }

const WRITTEN = /^([+-]?)(\d*)(?:\.(\d*))?$/
/** No quantity of goods has more digits; a longer text is a mistake or an attack. */
const CHARS_MAX = 64

/** `2.50` is 25 ÷ 10; null for what is no number, and for `1e3`, which nobody means in a document of goods. */
export function decimalOf(text: string): Decimal | null {
  if (text.length > CHARS_MAX) return null
  const [all, sign, digits = '', written = ''] = WRITTEN.exec(text) ?? []
  if (all === undefined || digits + written === '') return null
  const fraction = written.replace(/0+$/, '')
  const units = BigInt(digits + fraction)
  return { units: sign === '-' ? -units : units, scale: fraction.length }
}

export const wholeDecimal = (value: number): Decimal => ({ units: BigInt(value), scale: 0 })

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale }
}

const negated = ({ units, scale }: Decimal): Decimal => ({ units: -units, scale })
export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, negated(b))
export const magnitude = (a: Decimal): Decimal => (a.units < 0n ? negated(a) : a)
export const isZero = ({ units }: Decimal): boolean => units === 0n
export const isNegative = ({ units }: Decimal): boolean => units < 0n
export const isEqual = (a: Decimal, b: Decimal): boolean => isZero(minus(a, b))
export const isLess = (a: Decimal, b: Decimal): boolean => isNegative(minus(a, b))

/** In units of 10^-`decimals`: 2.5 at 3 is 2500. Null where that is not whole. */
export function unitsOf(value: Decimal, decimals: number): bigint | null {
  if (value.scale <= decimals) return unitsAt(value, decimals)
  const finer = 10n ** BigInt(value.scale - decimals)
  return value.units % finer === 0n ? value.units / finer : null
}

export function textOf({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

const unitsAt = ({ units, scale }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale)
