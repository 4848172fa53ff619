/** For tests: an interchange around the segments between ST and SE, with the separators one likes. */
export function edi(
  set: string,
  body: string,
  { element = '*', terminator = '~', usage = 'P', control = '000000001', segments = 0 } = {},
): string {
  const lines = body
    .trim()
    .split('\n')
    .map((it) => it.trim())
  const isa = `ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261123*0930*U*00401*${control}*0*${usage}`
  const all = [
    'GS*SW*SENDER*RECEIVER*20261123*0930*7*X*004010',
    `ST*${set}*0001`,
    ...lines,
    `SE*${segments || lines.length + 2}*0001`,
    'GE*1*7',
    `IEA*1*${control}`,
  ]
  const join = (line: string): string => line.replaceAll('*', element)
  return `${join(isa)}${element}>${terminator}${all.map((it) => join(it) + terminator).join('')}`
}
