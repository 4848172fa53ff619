import type { Command } from 'commander'
import * as z from 'zod'
import { askFor } from './ask.ts'
import type { Installation } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'
import { type Common, working } from './working.ts'

const Grant = z.object({ role: z.string(), regions: z.union([z.literal('*'), z.array(z.string())]) })
const Token = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(Grant),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
})
const Told = Token.extend({ token: z.string() })
const Verdict = z.object({
  intact: z.boolean(),
  entries: z.number(),
  head: z.object({ sequence: z.number(), hash: z.string() }),
  faults: z.array(z.object({ sequence: z.number(), what: z.string() })),
})
const Entries = z.object({
  entries: z.array(
    z.object({
      sequence: z.number(),
      at: z.string(),
      actor: z.string(),
      action: z.string(),
      subject: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
})

type Creating = Common & { readonly name: string; readonly grant: readonly string[]; readonly days?: string }

/** `plimsoll tokens create | list | rotate | revoke`, by the centre's key. */
export function addTokenCommands(tokens: Command): void {
  working<Creating>(
    tokens
      .command('create')
      .description('lets a person or a script in; the token is shown this once')
      .requiredOption('--name <name>', 'whose it is')
      .requiredOption(
        '--grant <grants...>',
        'roles and where: viewer, operator:eu,us … ; in all regions when none is named',
      )
      .option('--days <n>', 'how long it is good'),
    () => createToken,
  )
  working(tokens.command('list').description('all of them'), () => listTokens)
  working<Common & { overlap?: string }>(
    tokens
      .command('rotate')
      .argument('<id>')
      .description('the next one of the same name; the old one goes on for a while')
      .option('--overlap <seconds>', 'how long'),
    (id) =>
      (installation, { overlap }, isJson) =>
        rotateToken(installation, id!, overlap, isJson),
  )
  working(
    tokens.command('revoke').argument('<id>').description('ends one, and its sessions, at once'),
    (id) => async (installation, _, isJson) => {
      const { url, key } = centreOf(installation)
      const revoked = await askFor(Token, `${url}/v1/tokens/${encodeURIComponent(id!)}`, key, {
        method: 'DELETE',
      })
      print(isJson, revoked, () => [`revoked ${revoked.id} of ${revoked.name}`])
      return EXIT.done
    },
  )
}

/** `plimsoll audit list | verify` */
export function addAuditCommands(audit: Command): void {
  working<Common & { actor?: string; limit: string }>(
    audit
      .command('list')
      .description('who did what, latest first')
      .option('--actor <id>', 'by this person alone, as token:ada')
      .option('--limit <n>', 'at most so many', '20'),
    () => listAudit,
  )
  working<Common & { head?: string }>(
    audit
      .command('verify')
      .description('whether every entry is what was written; exits 1 when one is not')
      .option('--head <sequence:hash>', 'one that was noted before, and has to be there still'),
    () => verifyAudit,
  )
}

const centreOf = ({ centreUrl, keys }: Installation): { url: string; key: string } => ({
  url: centreUrl,
  key: keys.hub,
})

async function createToken(
  installation: Installation,
  { name, grant, days }: Creating,
  isJson: boolean,
): Promise<number> {
  const { url, key } = centreOf(installation)
  const grants = grant.map((text) => {
    const [role, regions] = text.split(':')
    return { role, regions: regions === undefined ? '*' : regions.split(',') }
  })
  const json = { name, grants, ...(days === undefined ? {} : { expiresInDays: Number(days) }) }
  tell(await askFor(Told, `${url}/v1/tokens`, key, { json }), isJson)
  return EXIT.done
}

async function rotateToken(
  installation: Installation,
  id: string,
  overlap: string | undefined,
  isJson: boolean,
): Promise<number> {
  const { url, key } = centreOf(installation)
  const json = overlap === undefined ? {} : { overlapSeconds: Number(overlap) }
  tell(await askFor(Told, `${url}/v1/tokens/${encodeURIComponent(id)}/rotate`, key, { json }), isJson)
  return EXIT.done
}

const tell = (made: z.infer<typeof Told>, isJson: boolean): void =>
  print(isJson, made, () => [
    made.token,
    `id ${made.id}, of ${made.name}, ${made.expiresAt === null ? 'for good' : `until ${made.expiresAt}`}`,
    'The token is not kept anywhere: this is the only time that it is shown.',
  ])

async function listTokens(installation: Installation, _: Common, isJson: boolean): Promise<number> {
  const { url, key } = centreOf(installation)
  const page = await askFor(z.object({ tokens: z.array(Token) }), `${url}/v1/tokens`, key)
  const now = Date.now()
  print(isJson, page, () => [
    tableOf(
      ['id', 'name', 'grants', 'age', 'used', 'until', ''],
      page.tokens.map((one) => [
        one.id,
        one.name,
        one.grants
          .map(({ role, regions }) => (regions === '*' ? role : `${role}:${regions.join(',')}`))
          .join(' '),
        ageOf(one.createdAt, now),
        ageOf(one.lastUsedAt, now),
        one.expiresAt,
        one.revokedAt !== null
          ? bad('revoked')
          : one.expiresAt !== null && Date.parse(one.expiresAt) <= now
            ? bad('over')
            : good('valid'),
      ]),
    ),
  ])
  return EXIT.done
}

async function listAudit(
  installation: Installation,
  { actor, limit }: Common & { actor?: string; limit: string },
  isJson: boolean,
): Promise<number> {
  const { url, key } = centreOf(installation)
  const query = new URLSearchParams({ limit, ...(actor === undefined ? {} : { actor }) })
  const page = await askFor(Entries, `${url}/v1/audit?${query}`, key)
  print(isJson, page, () => [
    tableOf(
      ['no.', 'at', 'who', 'did', 'to', ''],
      page.entries.map((it) => [
        it.sequence,
        it.at,
        it.actor,
        it.action,
        it.subject,
        JSON.stringify(it.detail).slice(0, 80),
      ]),
    ),
  ])
  return EXIT.done
}

async function verifyAudit(
  installation: Installation,
  { head }: Common & { head?: string },
  isJson: boolean,
): Promise<number> {
  const { url, key } = centreOf(installation)
  const noted = head === undefined ? null : /^(\d{1,15}):([0-9a-f]{64})$/.exec(head)
  if (head !== undefined && noted === null)
    throw new CommandRefusal('--head is sequence:hash, as this command tells it', EXIT.usage)
  const query = noted ? `?sequence=${noted[1]}&hash=${noted[2]}` : ''
  const verdict = await askFor(Verdict, `${url}/v1/audit/verification${query}`, key, { withinMs: 600_000 })
  print(isJson, verdict, () => [
    ...verdict.faults.map(({ sequence, what }) => bad(`entry ${sequence}: ${what}`)),
    verdict.intact
      ? good(`all ${verdict.entries} entries are what was written`)
      : bad('the audit log is not what was written'),
    `head ${verdict.head.sequence}:${verdict.head.hash}`,
  ])
  return verdict.intact ? EXIT.done : EXIT.found
}
