import { formatInstant } from '../../../shared/kernel/clock.ts'

/** An X12 document as we write it: no envelope yet, elements as texts. */
export type TransactionSet = {
  readonly set: '846' | '944' | '945' | '947'
  /** Between ST and SE. */
  readonly body: readonly (readonly string[])[]
}

const GROUP_OF = { '846': 'IB', '944': 'RE', '945': 'SW', '947': 'AW' } as const

export type Partners = { readonly sender: string; readonly receiver: string }

/**
 * One interchange with all the sets, a functional group a kind; counts and control numbers are right. Elements are
 * parted by `*`, segments end in `~` and a newline, and the component separator is `>` (order refs hold a colon).
 */
export function interchange(
  sets: readonly TransactionSet[],
  { sender, receiver }: Partners,
  control: number,
  at: number,
): string {
  const { date, time } = x12Time(at)
  const number = String(control).padStart(9, '0')
  const segments: string[][] = [
    [
      'ISA',
      '00',
      ' '.repeat(10),
      '00',
      ' '.repeat(10),
      'ZZ',
      sender.padEnd(15),
      'ZZ',
      receiver.padEnd(15),
      date.slice(2),
      time.slice(0, 4),
      'U',
      '00401',
      number,
      '0',
      'P',
      '>',
    ],
  ]
  let groups = 0
  for (const [set, functional] of Object.entries(GROUP_OF)) {
    const members = sets.filter((one) => one.set === set)
    if (members.length === 0) continue
    groups += 1
    segments.push(['GS', functional, sender, receiver, date, time, String(groups), 'X', '004010'])
    members.forEach(({ body }, place) => {
      const setNumber = String(place + 1).padStart(4, '0')
      segments.push(['ST', set, setNumber], ...body.map((one) => [...one]))
      segments.push(['SE', String(body.length + 2), setNumber])
    })
    segments.push(['GE', String(members.length), String(groups)])
  }
  segments.push(['IEA', String(groups), number])
  return segments.map((elements) => `${elements.join('*').replace(/\*+$/, '')}~\n`).join('')
}

/** `20261123` and `160005`: X12 knows no zone; our demo partners mean UTC. */
export function x12Time(at: number): { readonly date: string; readonly time: string } {
  const text = formatInstant(at)
  return { date: text.slice(0, 10).replaceAll('-', ''), time: text.slice(11, 19).replaceAll(':', '') }
}
