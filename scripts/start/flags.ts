import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { Region } from '../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'

const REGIONS_DEFAULT = 'eu,us,apac'
const PORT_BASE_DEFAULT = 8100
const DATA_DIR_DEFAULT = '.plimsoll'

/** The port plan has ten places for regions, and forty ports above the base. */
const REGIONS_MAX = 10
const PORT_BASE_MAX = 65_535 - 40

export type Flags = {
  readonly regions: readonly Region[]
  readonly dataDir: string
  readonly fresh: boolean
  readonly traffic: boolean
  readonly portBase: number
}

const Values = z.strictObject({
  regions: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(
      z
        .array(Region)
        .max(REGIONS_MAX, `at most ${REGIONS_MAX} regions`)
        .refine((names) => new Set(names).size === names.length, 'a region is named twice'),
    ),
  data: z.string().min(1, 'name a folder'),
  fresh: z.boolean(),
  'no-traffic': z.boolean(),
  'port-base': z
    .string()
    .regex(/^\d{1,5}$/, 'a port is a number')
    .transform(Number)
    .pipe(z.number().min(1024, 'at least 1024').max(PORT_BASE_MAX, `at most ${PORT_BASE_MAX}`)),
})

/** What was typed behind `npm start --`; the refusal is one line that says what to type instead. */
export function parseFlags(args: readonly string[]): Result<Flags, string> {
  const typed = typedValues(args)
  if (!typed.ok) return typed
  const parsed = Values.safeParse(typed.value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return err(`--${String(issue.path[0])}: ${issue.message}`)
  }
  const values = parsed.data
  return ok({
    regions: values.regions,
    dataDir: resolve(values.data),
    fresh: values.fresh,
    traffic: !values['no-traffic'],
    portBase: values['port-base'],
  })
}

function typedValues(args: readonly string[]): Result<unknown, string> {
  try {
    return ok(
      parseArgs({
        args: [...args],
        options: {
          regions: { type: 'string', default: REGIONS_DEFAULT },
          data: { type: 'string', default: DATA_DIR_DEFAULT },
          fresh: { type: 'boolean', default: false },
          'no-traffic': { type: 'boolean', default: false },
          'port-base': { type: 'string', default: String(PORT_BASE_DEFAULT) },
        },
      }).values,
    )
  } catch (error) {
    const said = error instanceof Error ? error.message.split(/[.\n]/)[0] : 'bad flags'
    return err(`${said} (there are --no-traffic, --regions, --data, --fresh and --port-base)`)
  }
}
