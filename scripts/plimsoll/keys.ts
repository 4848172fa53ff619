import { type Command, Option } from 'commander'
import { IssuedKey, KeyEntry, KeysAnswer } from '../../shared/contract/key-api.ts'
import { askFor } from './ask.ts'
import { DATA_DIR_DEFAULT, openInstallation } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'

/** An id is told by so many of its digits at least. */
const PREFIX_MIN = 8

type Where = { readonly data: string; readonly edge?: string; readonly json?: true }
type Creating = Where & {
  readonly channel: string
  readonly region: readonly string[]
  readonly segment?: readonly string[]
  readonly origin?: readonly string[]
  readonly perMinute?: string
  readonly label?: string
}

/** `plimsoll keys create | list | revoke`, for the edge of a data folder or any other. */
export function addKeyCommands(keys: Command): void {
  atEdge<Creating>(
    keys
      .command('create')
      .description('a new key for a channel; its token is shown this once')
      .requiredOption('--channel <channel>', 'whose figures it shows')
      .requiredOption(
        '--region <region...>',
        'the regions that it sees; the first is meant when none is named',
      )
      .option('--segment <segment...>', 'the segments that may be named')
      .option('--origin <origin...>', 'pages that may ask with it, as https://shop.example')
      .option('--per-minute <n>', 'requests a minute')
      .option('--label <text>', 'whose it is'),
    createKey,
  )
  atEdge(keys.command('list').description('all of them, revoked ones too'), listKeys)
  atEdge(
    keys.command('revoke').argument('<id>', 'its id, or the first digits of it').description('ends one'),
    revokeKey,
  )
}

type Door = { readonly url: string; readonly key: string; readonly isJson: boolean }

function atEdge<O extends Where>(
  command: Command,
  work: (door: Door, options: O, id: string) => Promise<number>,
): void {
  command
    .option('--json', 'one JSON document instead of text')
    .option('--data <dir>', 'the data folder of the system', DATA_DIR_DEFAULT)
    .addOption(
      new Option('--edge <url>', 'another edge, with its operator key in PLIMSOLL_OPERATOR_KEY').env(
        'PLIMSOLL_EDGE',
      ),
    )
    .action(async (...given: unknown[]) => {
      const options = command.opts<O>()
      process.exitCode = await work(doorOf(options), options, String(given[0]))
    })
}

function doorOf({ data, edge, json }: Where): Door {
  const isJson = json === true
  if (edge === undefined) {
    const { edgeUrl, keys } = openInstallation(data)
    return { url: edgeUrl, key: keys.edgeOperator, isJson }
  }
  const key = process.env['PLIMSOLL_OPERATOR_KEY']
  if (!key) throw new CommandRefusal('--edge needs the operator key in PLIMSOLL_OPERATOR_KEY', EXIT.usage)
  return { url: edge.replace(/\/+$/, ''), key, isJson }
}

async function createKey({ url, key, isJson }: Door, options: Creating): Promise<number> {
  const { channel, region, segment, origin, perMinute, label } = options
  const issued = await askFor(IssuedKey, `${url}/v1/keys`, key, {
    json: {
      channel,
      regions: region,
      ...(segment && { segments: segment }),
      ...(origin && { origins: origin }),
      ...(perMinute === undefined ? {} : { perMinuteMax: Number(perMinute) }),
      ...(label === undefined ? {} : { label }),
    },
  })
  print(isJson, issued, () => [
    issued.token,
    `id ${issued.id}`,
    'The token is not kept anywhere: this is the only time that it is shown.',
  ])
  return EXIT.done
}

async function listKeys({ url, key, isJson }: Door): Promise<number> {
  const keys = await allKeys(url, key)
  print(isJson, { keys }, () => [
    tableOf(
      ['id', 'channel', 'segments', 'regions', 'origins', 'a minute', 'age', '', 'label'],
      keys.map((one) => [
        one.id.slice(0, 16),
        one.channel,
        one.segments?.join(' '),
        one.regions.join(' '),
        one.origins?.join(' '),
        one.perMinuteMax,
        ageOf(one.createdAt, Date.now()),
        one.revoked ? bad('revoked') : good('valid'),
        one.label,
      ]),
    ),
  ])
  return EXIT.done
}

async function revokeKey({ url, key, isJson }: Door, _: Where, named: string): Promise<number> {
  if (!/^[0-9a-f]+$/.test(named) || named.length < PREFIX_MIN)
    throw new CommandRefusal(`an id is told by ${PREFIX_MIN} of its digits or more`, EXIT.usage)
  const meant = (await allKeys(url, key)).filter(({ id }) => id.startsWith(named))
  if (meant.length !== 1)
    throw new CommandRefusal(meant.length === 0 ? `no key ${named}` : `${named} could be several keys`)
  const revoked = await askFor(KeyEntry, `${url}/v1/keys/${meant[0]!.id}`, key, { method: 'DELETE' })
  print(isJson, revoked, () => [
    `revoked ${revoked.id.slice(0, 16)} of ${revoked.channel}; what the edge remembers of it ages within a minute and a half`,
  ])
  return EXIT.done
}

async function allKeys(url: string, key: string): Promise<KeyEntry[]> {
  const keys: KeyEntry[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const page = await askFor(KeysAnswer, `${url}/v1/keys${query}`, key)
    keys.push(...page.keys)
    cursor = page.cursor
  } while (cursor !== null)
  return keys
}
