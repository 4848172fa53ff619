import { type Command, Option } from 'commander'
import * as z from 'zod'
import {
  FieldChange,
  GovernedPolicy,
  PolicyAnswer,
  RegionPreview,
  RegionRun,
} from '../../shared/contract/governed-policy-api.ts'
import { askFor } from './ask.ts'
import type { Installation } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'
import { type Common, working } from './working.ts'

type Named = Common & { readonly kind: string; readonly scope: string; readonly region: string }
type Ruled = Named & { readonly body: string; readonly reason: string }

/** `plimsoll policies list | history | regions | try | propose | activate | reject | rollback`, at the centre. */
export function addPolicyCommands(policies: Command): void {
  working(policies.command('list').description('those in force and those proposed'), () => list)
  working<Named>(named(policies.command('history').description('every version of one')), () => history)
  working(
    policies
      .command('regions')
      .description('which revision each region runs; exits 1 when one is not current'),
    () => regions,
  )
  working<Ruled>(
    ruled(policies.command('try').description('what a rule would change, for which skus; changes nothing')),
    () => tryRule,
  )
  working<Ruled>(
    ruled(policies.command('propose').description('the next version of a policy')).requiredOption(
      '--reason <text>',
      'why',
    ),
    () => propose,
  )
  working<Common & { reason?: string }>(
    policies
      .command('activate')
      .argument('<id>')
      .description('puts a proposal into force')
      .option('--reason <text>', 'why'),
    (id) =>
      (installation, { reason }, isJson) =>
        decide(installation, `/v1/policies/${encodeURIComponent(id!)}/activate`, { reason }, isJson),
  )
  working<Common & { reason: string }>(
    policies
      .command('reject')
      .argument('<id>')
      .description('ends a proposal')
      .requiredOption('--reason <text>', 'why'),
    (id) =>
      (installation, { reason }, isJson) =>
        decide(installation, `/v1/policies/${encodeURIComponent(id!)}/reject`, { reason }, isJson),
  )
  working<Named & { to: string; reason: string }>(
    named(policies.command('rollback').description('an earlier version again, at once'))
      .requiredOption('--to <version>', 'which')
      .requiredOption('--reason <text>', 'why'),
    () =>
      (installation, { region, kind, scope, to, reason }, isJson) =>
        decide(
          installation,
          '/v1/policies:rollback',
          { region, kind, scope, toVersion: Number(to), reason },
          isJson,
        ),
  )
}

const named = (command: Command): Command =>
  command
    .requiredOption('--kind <kind>', 'safetyStock, allocation …')
    .option('--scope <scope>', 'what it is for: *, sku:X, node:N,tier:A …', '*')
    .addOption(new Option('--region <region>', 'for one region; * is all').default('*'))

const ruled = (command: Command): Command =>
  named(command).requiredOption('--body <json>', 'the rule, as {"quantity": 12}')

/** By PLIMSOLL_TOKEN, where several people share a machine; else by the key of the centre. */
const doorOf = ({ centreUrl, keys }: Installation): { url: string; key: string } => ({
  url: centreUrl,
  key: process.env['PLIMSOLL_TOKEN'] ?? keys.hub,
})

async function list(installation: Installation, _: Common, isJson: boolean): Promise<number> {
  const { url, key } = doorOf(installation)
  const page = await askFor(
    z.object({ policies: z.array(GovernedPolicy) }),
    `${url}/v1/policies?limit=1000`,
    key,
  )
  print(isJson, page, () => [tableOfPolicies(page.policies)])
  return EXIT.done
}

async function history(
  installation: Installation,
  { region, kind, scope }: Named,
  isJson: boolean,
): Promise<number> {
  const { url, key } = doorOf(installation)
  const query = new URLSearchParams({ region, kind, scope })
  const page = await askFor(
    z.object({ versions: z.array(GovernedPolicy) }),
    `${url}/v1/policies/history?${query}`,
    key,
  )
  print(isJson, page, () => [tableOfPolicies(page.versions)])
  return page.versions.length > 0 ? EXIT.done : EXIT.found
}

const tableOfPolicies = (policies: readonly GovernedPolicy[]): string =>
  tableOf(
    ['id', 'region', 'kind', 'scope', 'version', 'state', 'revision', 'author', 'approver', 'rule', 'reason'],
    policies.map((it) => [
      it.id,
      it.region,
      it.kind,
      it.scope,
      it.version,
      it.state,
      it.revision,
      it.author,
      it.approver,
      JSON.stringify(it.body).slice(0, 80),
      it.reason,
    ]),
  )

async function regions(installation: Installation, _: Common, isJson: boolean): Promise<number> {
  const { url, key } = doorOf(installation)
  const answer = await askFor(z.object({ regions: z.array(RegionRun) }), `${url}/v1/policies/regions`, key)
  print(isJson, answer, () => [
    tableOf(
      ['region', 'wanted', 'running', '', 'applied', 'overridden', 'refused', 'told'],
      answer.regions.map((it) => [
        it.region,
        it.wanted,
        it.running,
        it.isCurrent ? good('current') : bad('behind'),
        it.applied,
        it.overridden.map(({ kind, scope, author }) => `${kind}/${scope} by ${author}`).join('; '),
        it.refused.map(({ kind, scope, errors }) => `${kind}/${scope}: ${errors[0]?.path}`).join('; '),
        ageOf(it.toldAt, Date.now()),
      ]),
    ),
  ])
  return answer.regions.every(({ isCurrent }) => isCurrent) ? EXIT.done : EXIT.found
}

async function tryRule(installation: Installation, asked: Ruled, isJson: boolean): Promise<number> {
  const { url, key } = doorOf(installation)
  const { region, kind, scope } = asked
  const json = { region, kind, scope, body: ruleIn(asked.body) }
  const answer = await askFor(
    z.object({ regions: z.array(RegionPreview) }),
    `${url}/v1/policies:preview`,
    key,
    {
      json,
      withinMs: 30_000,
    },
  )
  print(isJson, answer, () => answer.regions.flatMap(previewLines))
  return answer.regions.every(({ preview }) => preview !== null) ? EXIT.done : EXIT.found
}

function previewLines({ region, preview, detail }: RegionPreview): string[] {
  if (preview === null) return [bad(`${region}: ${detail}`)]
  const { skusInScope, skusLookedAt, skusChanged, unitsGained, unitsLost, soldOut, changes } = preview
  const part = skusLookedAt < skusInScope ? ` (of ${skusInScope} in its scope)` : ''
  return [
    `${region}: ${skusChanged} of ${skusLookedAt} skus${part} change, ${unitsLost} units less and ${unitsGained} more, ${soldOut} sold out`,
    ...(changes.length === 0
      ? []
      : [
          tableOf(
            ['sku', 'for', 'before', 'after'],
            changes.slice(0, 20).map((it) => [it.sku, it.class, it.before, it.after]),
          ),
        ]),
  ]
}

async function propose(installation: Installation, asked: Ruled, isJson: boolean): Promise<number> {
  const { url, key } = doorOf(installation)
  const { region, kind, scope, reason } = asked
  const json = { region, kind, scope, reason, body: ruleIn(asked.body) }
  const answer = await askFor(PolicyAnswer, `${url}/v1/policies`, key, { json })
  const { policy, diff } = answer
  print(isJson, answer, () => [
    ...diff.map(changeLine),
    `${policy.id} is version ${policy.version}, proposed${policy.needsSecondPerson ? '; somebody else has to activate it' : ''}`,
  ])
  return EXIT.done
}

const changeLine = ({ path, before, after }: z.infer<typeof FieldChange>): string =>
  `  ${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`

async function decide(
  installation: Installation,
  path: string,
  json: object,
  isJson: boolean,
): Promise<number> {
  const { url, key } = doorOf(installation)
  const policy = await askFor(GovernedPolicy, `${url}${path}`, key, { json })
  print(isJson, policy, () => [
    `${policy.kind}/${policy.scope} version ${policy.version} is ${policy.state}${policy.revision === null ? '' : `, revision ${policy.revision}`}`,
  ])
  return EXIT.done
}

function ruleIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandRefusal(`--body ${text.slice(0, 80)} is not JSON`, EXIT.usage)
  }
}
