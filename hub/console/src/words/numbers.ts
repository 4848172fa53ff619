const COUNT = new Intl.NumberFormat('en')
const SIGNED = new Intl.NumberFormat('en', { signDisplay: 'exceptZero' })
const RATE = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const MONEY = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** What is not known is a dash, never a 0. */
const UNKNOWN = '–'

export const countWords = (count: number | null): string => (count === null ? UNKNOWN : COUNT.format(count))
/** `+3` and `−3`, with a true minus, as wide as the plus. */
export const signedWords = (count: number): string => SIGNED.format(count).replace('-', '−')
export const rateWords = (perSecond: number): string => RATE.format(perSecond)
/** Minor currency units; the items' currency is not told, so none is named. */
export const valueWords = (minorUnits: number | null): string =>
  minorUnits === null ? UNKNOWN : MONEY.format(minorUnits / 100).replace('-', '−')
/** "1 unit", "2 units". */
export const manyWords = (count: number, one: string, many = `${one}s`): string =>
  `${COUNT.format(count)} ${count === 1 ? one : many}`
