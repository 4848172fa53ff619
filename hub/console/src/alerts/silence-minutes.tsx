import type { ReactNode } from 'react'
import { SelectField } from '../parts/field.tsx'

const LENGTHS = [
  ['30', 'half an hour'],
  ['120', 'two hours'],
  ['480', 'eight hours'],
  ['1440', 'a day'],
  ['10080', 'a week'],
] as const

/** Of a form: `minutes`. */
export function SilenceMinutes(): ReactNode {
  return <SelectField label="For" name="minutes" options={LENGTHS} />
}
