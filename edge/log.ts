/** One structured line for the operators. An error keeps its message only: stacks and bodies stay inside. */
export type Log = (event: string, fields: Readonly<Record<string, unknown>>) => void

export const consoleLog: Log = (event, { error, ...fields }) =>
  console.warn(JSON.stringify({ event, ...fields, ...(error === undefined ? {} : { error: String(error) }) }))
