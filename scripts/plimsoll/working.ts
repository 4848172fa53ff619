import { type Command, Option } from 'commander'
import { DATA_DIR_DEFAULT, type Installation, openInstallation } from './installation.ts'

export type Common = { readonly json?: true; readonly data: string; readonly region?: string }
type Work<O> = (installation: Installation, options: O, isJson: boolean) => Promise<number>

/** Every command has these two options; its result is the exit code. */
export function working<O extends Common>(command: Command, work: (...args: string[]) => Work<O>): Command {
  return command
    .option('--json', 'one JSON document instead of text')
    .option('--data <dir>', 'the data folder of the system', DATA_DIR_DEFAULT)
    .action(async (...given: unknown[]) => {
      const options = command.opts<O>()
      const args = given.slice(0, -2) as string[]
      process.exitCode = await work(...args)(openInstallation(options.data), options, options.json === true)
    })
}

export const aRegion = (): Option =>
  new Option('--region <region>', 'which region; needed where there are several')
