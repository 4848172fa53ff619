/** One line of `npm run bench`: what was measured, beside the bare thing that it is to be compared with. */
export type Figure = {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: string
  /** The same measure of a bare counterpart, on this machine, in this run. */
  readonly floor?: number
  /** value ÷ floor. */
  readonly ratio?: number
}
