import { Argument, Command, CommanderError, Option } from 'commander'
import type { ImportKind } from '../../shared/contract/import-rows.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { aRegion, type Common, working } from './working.ts'

/** `npx plimsoll …`: what an operator asks at a terminal. */

const program = new Command('plimsoll')
  .description('Looks after a running Plimsoll. Exits 0 done, 1 refused or found something, 2 wrong usage.')
  .exitOverride()

/** What a command needs is loaded when it is asked for: all of it takes longer than most of the answers. */
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  status: addStatus,
  exceptions: addExceptions,
  keys: async () =>
    (await import('./keys.ts')).addKeyCommands(
      program.command('keys').description('the keys by which channels ask the edge'),
    ),
  policies: async () =>
    (await import('./policies.ts')).addPolicyCommands(
      program.command('policies').description('the rules of all regions, at the centre'),
    ),
  tokens: async () =>
    (await import('./access.ts')).addTokenCommands(
      program.command('tokens').description('who may come in at the centre'),
    ),
  audit: async () =>
    (await import('./access.ts')).addAuditCommands(
      program.command('audit').description('who did what at the centre'),
    ),
  edge: async () =>
    (await import('./edge.ts')).addEdgeCommands(
      program.command('edge').description('what each region tells the edge'),
    ),
  feeds: async () =>
    (await import('./feeds.ts')).addFeedCommands(
      program.command('feeds').description('the channels that are told what they may sell'),
    ),
  corrections: async () =>
    (await import('./corrections.ts')).addCorrectionCommands(
      program.command('corrections').description('what people say of positions'),
    ),
  availability: addAvailability,
  positions: addPositions,
  journal: addJournal,
  import: addImport,
}

const [asked = ''] = process.argv.slice(2)
for (const [name, add] of Object.entries(COMMANDS)) if (name === asked || !(asked in COMMANDS)) await add()
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  else {
    process.stderr.write(`plimsoll: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof CommandRefusal ? error.exitCode : EXIT.found
  }
}

async function addStatus(): Promise<void> {
  const { showStatus } = await import('./show-status.ts')
  working(
    program.command('status').description('whether every service is ready, and how far each region has come'),
    () => (installation, _, isJson) => showStatus(installation, isJson),
  )
}

async function addExceptions(): Promise<void> {
  const { listExceptions, settleException, showException } = await import('./exceptions.ts')
  const exceptions = program
    .command('exceptions')
    .description('messages that could not count, with their bytes')
  working<Common & { status: string; limit: string }>(
    exceptions
      .command('list')
      .description('those of one region, or of all; exits 1 when any is open')
      .option('--region <region>', 'only this one')
      .addOption(
        new Option('--status <status>', 'which')
          .choices(['open', 'replayed', 'discarded', 'all'])
          .default('open'),
      )
      .option('--limit <n>', 'at most so many a region', '20'),
    () => listExceptions,
  )
  working(
    exceptions
      .command('show')
      .argument('<id>')
      .description('one, with its original bytes')
      .addOption(aRegion()),
    (id) =>
      (installation, { region }, isJson) =>
        showException(installation, id!, region, isJson),
  )
  for (const step of ['replay', 'discard'] as const) {
    const does = step === 'replay' ? 'tries the original bytes again' : 'settles it without effect'
    working(
      exceptions.command(step).argument('<id>').description(does).addOption(aRegion()),
      (id) =>
        (installation, { region }, isJson) =>
          settleException(installation, { id: id!, step, region }, isJson),
    )
  }
}

async function addAvailability(): Promise<void> {
  const { showAvailability } = await import('./show-stock.ts')
  working<Common & { channel?: string }>(
    program
      .command('availability')
      .argument('<sku>')
      .description('what a channel may sell: the edge’s answer beside the region’s own')
      .addOption(aRegion())
      .option('--channel <channel>', 'whose figure; the first demo channel when none is named'),
    (sku) => (installation, options, isJson) =>
      showAvailability(installation, { sku: sku!, ...options }, isJson),
  )
}

async function addPositions(): Promise<void> {
  const { showPositions } = await import('./show-stock.ts')
  working(
    program
      .command('positions')
      .argument('<sku>')
      .description('every state of a sku, node by node')
      .addOption(aRegion()),
    (sku) => (installation, options, isJson) =>
      showPositions(installation, { sku: sku!, ...options }, isJson),
  )
}

async function addJournal(): Promise<void> {
  const { checkJournal } = await import('./check-journal.ts')
  working(
    program
      .command('journal')
      .description('the record of everything a region took in')
      .command('check')
      .description('whether every entry is what was written; exits 1 when one is not')
      .addOption(aRegion()),
    () => checkJournal,
  )
}

async function addImport(): Promise<void> {
  const [{ importRows }, { IMPORT_KEYS }] = await Promise.all([
    import('./import-rows.ts'),
    import('../../shared/contract/import-rows.ts'),
  ])
  working<Common & { dryRun?: true; errors?: string }>(
    program
      .command('import')
      .addArgument(new Argument('<kind>', 'what the rows are').choices(Object.keys(IMPORT_KEYS)))
      .argument('<file>', 'CSV with a header line, JSON lines (.ndjson, .jsonl), or a .json array')
      .description('puts the rows of a file; exits 1 when any is refused, and says which and why')
      .addOption(aRegion())
      .option('--dry-run', 'check everything, change nothing')
      .option('--errors <file>', 'write what is wrong as CSV'),
    (kind, file) =>
      (installation, { region, dryRun, errors }, isJson) =>
        importRows(
          installation,
          { kind: kind as ImportKind, file: file!, region, dryRun, errorsFile: errors },
          isJson,
        ),
  )
}
