import type { Command } from 'commander'
import { FeedsAnswer, FeedStatus } from '../../shared/contract/feed-api.ts'
import { askFor } from './ask.ts'
import { askRegions } from './ask-regions.ts'
import { type Installation, whereOf } from './installation.ts'
import { EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'
import { aRegion, type Common, working } from './working.ts'

type Step = 'pause' | 'resume' | 'resend'

/** `plimsoll feeds list | pause | resume | resend` */
export function addFeedCommands(feeds: Command): void {
  working(
    feeds
      .command('list')
      .description('how each channel is fed; exits 1 when one is behind, down or paused')
      .option('--region <region>', 'only this one'),
    () => listFeeds,
  )
  for (const [step, does] of [
    ['pause', 'sends a channel nothing until it is resumed; what changes meanwhile waits, each sku once'],
    ['resume', 'sends again: the newest figure of what changed meanwhile'],
  ] as const)
    working(
      feeds.command(step).argument('<channel>').description(does).addOption(aRegion()),
      (channel) => (installation, options, isJson) =>
        takeStep(installation, { step, channel: channel! }, options, isJson),
    )
  working<Common & { sku?: string[] }>(
    feeds
      .command('resend')
      .argument('<channel>')
      .description('tells a channel anew of all that it lists, whatever it was told before')
      .option('--sku <sku...>', 'only of these')
      .addOption(aRegion()),
    (channel) => (installation, options, isJson) =>
      takeStep(installation, { step: 'resend', channel: channel! }, options, isJson),
  )
}

async function listFeeds(
  installation: Installation,
  { region: named }: Common,
  isJson: boolean,
): Promise<number> {
  const told = await askRegions(installation, named, FeedsAnswer, '/v1/feeds')
  const feeds = told.flatMap(({ region, feeds: its }) => its.map((feed) => ({ region, ...feed })))
  print(isJson, { feeds }, () => [
    tableOf(
      [
        'region',
        'channel',
        'kind',
        'state',
        'waiting',
        'oldest',
        'taken',
        'refused',
        'failed',
        'last taken',
        '',
      ],
      feeds.map((it) => [
        it.region,
        it.channel,
        it.kind,
        it.status === 'ok' ? good(it.status) : bad(it.status),
        it.waiting,
        it.waiting === 0 ? null : `${Math.round(it.oldestMs / 1000)} s`,
        it.delivered,
        it.refused,
        it.failed,
        it.lastDeliveredAt && `${ageOf(it.lastDeliveredAt, Date.now())} ago`,
        it.lastError ?? '',
      ]),
    ),
  ])
  return feeds.every(({ status }) => status === 'ok') ? EXIT.done : EXIT.found
}

async function takeStep(
  installation: Installation,
  { step, channel }: { step: Step; channel: string },
  { region: named, sku: skus }: Common & { sku?: string[] },
  isJson: boolean,
): Promise<number> {
  const { region, url, key } = whereOf(installation, named)
  const path = `${url}/v1/feeds/${encodeURIComponent(channel)}/${step}`
  const json = step === 'resend' && skus !== undefined ? { skus } : {}
  const status = await askFor(FeedStatus, path, key, { method: 'POST', json })
  print(isJson, { region, ...status }, () => [
    `${region}: ${channel} is ${status.status}, ${status.waiting} skus wait`,
  ])
  return EXIT.done
}
