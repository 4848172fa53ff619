import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { fieldErrors } from '../contract/problem.ts'

/** Reads `--config FILE` of an entry point. A bad one is said in plain lines, and the process ends with 2. */
export function configFromArgs<T>(schema: z.ZodType<T>): T {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    if (!values.config) throw new Error('say where the configuration is: --config FILE')
    const parsed = schema.safeParse(JSON.parse(readFileSync(values.config, 'utf8')))
    if (parsed.success) return parsed.data
    throw new Error(
      fieldErrors(parsed.error)
        .map(({ path, message }) => `${values.config}: ${path || '(whole)'}: ${message}`)
        .join('\n'),
    )
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  }
}
