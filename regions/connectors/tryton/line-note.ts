/**
 * What an order line of ours carries in the ERP's note, so that it is known again: its own line id, and the quantity
 * that was ordered, in our base units. Another quantity on the line later is the ERP's change. What we called off ourselves says
 * so: that it will not come is then no news to us.
 */
export type LineNote = { readonly line: string; readonly quantity: number; readonly isCalledOff?: boolean }

const NOTE = /^plimsoll line=([\x21-\x7e]{1,64}) quantity=(\d{1,15})( called-off)?$/m

export const writeLineNote = ({ line, quantity, isCalledOff }: LineNote): string =>
  `plimsoll line=${line} quantity=${quantity}${isCalledOff ? ' called-off' : ''}`

export function readLineNote(note: string | null | undefined): LineNote | null {
  const m = NOTE.exec(note ?? '')
  return m ? { line: m[1]!, quantity: Number(m[2]), ...(m[3] ? { isCalledOff: true } : {}) } : null
}
