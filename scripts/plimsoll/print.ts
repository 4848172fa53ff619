import Table from 'cli-table3'
import colours from 'picocolors'

/** What a command shows: one JSON document for programs, or text for people. */
export function print(isJson: boolean, value: unknown, lines: () => readonly string[]): void {
  const text = isJson ? JSON.stringify(value, null, 2) : lines().join('\n')
  process.stdout.write(`${text}\n`)
}

/** A table without frames: it is read, cut and grepped alike. */
export function tableOf(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const none = [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
  ]
  const inner = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']
  const table = new Table({
    head: head.map((name) => colours.bold(name)),
    chars: { ...Object.fromEntries([...none, ...inner].map((name) => [name, ''])), middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows.map((row) => row.map((cell) => String(cell ?? '–'))))
  return table.toString()
}

export const good = (text: string): string => colours.green(text)
export const bad = (text: string): string => colours.red(text)

/** `2 min 5 s` since a moment; `–` when it is not known. */
export function ageOf(time: string | null | undefined, now: number): string {
  const at = time ? Date.parse(time) : Number.NaN
  if (Number.isNaN(at)) return '–'
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
