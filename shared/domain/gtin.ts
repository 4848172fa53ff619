/** GTIN-8/12/13/14 as 14 digits, whatever its check digit; null when it is none. */
export const gtin14Of = (code: string): string | null =>
  /^(\d{8}|\d{12,14})$/.test(code) ? code.padStart(14, '0') : null

/**
 * GTIN-8/12/13/14 as 14 digits (GS1 General Specifications, 3.3). Null when it is none of these lengths or not digits.
 * The check digit is reported, not enforced: a good part of the GTINs in real EDI are wrong, and still name an item.
 */
export function normaliseGtin(
  code: string,
): { readonly gtin: string; readonly checkDigitValid: boolean } | null {
  const gtin = gtin14Of(code)
  if (gtin === null) return null
  return { gtin, checkDigitValid: checkDigit(gtin.slice(0, 13)) === Number(gtin[13]) }
}

/** The mod-10 check digit for the digits before it. */
export function checkDigit(digits: string): number {
  let sum = 0
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1)
  return (10 - (sum % 10)) % 10
}
