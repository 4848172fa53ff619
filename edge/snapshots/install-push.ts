import type { FieldError } from '../../shared/contract/problem.ts'
import type { Push, Rules } from '../../shared/contract/push.ts'
import { TIER_SETTINGS_DEFAULT } from '../../shared/domain/tier.ts'
import { parseInstant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Log } from '../log.ts'
import { judgePush } from './judge-push.ts'
import type { RegionReader } from './region-reader.ts'
import type { Head, Installation, Start } from './region-store.ts'
import { verifyCargo, type Cargo } from './verify-push.ts'

export type Outcome =
  | { readonly kind: 'applied' | 'repeated'; readonly head: Head }
  | { readonly kind: 'staged'; readonly head: Head | null }
  | { readonly kind: 'gap'; readonly head: Head | null; readonly detail: string }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] }

/** Two writers may meet while a region changes hands; more often than this is a fault. */
const ATTEMPTS_MAX = 4

/** Until a region sends rules, nothing is fenced off and the tiers have their default limits. */
const RULES_DEFAULT: Rules = {
  version: 0,
  allocation: {},
  freshForMs: {
    A: TIER_SETTINGS_DEFAULT.A.freshForMs,
    B: TIER_SETTINGS_DEFAULT.B.freshForMs,
    C: TIER_SETTINGS_DEFAULT.C.freshForMs,
  },
}

/**
 * Judges, checks and stores a push whose signature was right. It is judged against what the isolate holds, which is
 * nearly always what D1 holds; D1 itself decides, by the guard in its batch, and only what it says is ever refused.
 */
export async function installPush(reader: RegionReader, push: Push, log: Log): Promise<Outcome> {
  let cargo: Cargo | null = null
  let held = reader.copy.head
  for (let attempt = 0, isCertain = false; attempt < ATTEMPTS_MAX; attempt++) {
    const verdict = judgePush(held, push.header)
    if (verdict.kind === 'apply' || verdict.kind === 'stage') {
      if (!cargo) {
        const verified = await wholeCargo(reader, push)
        if (!verified.ok) return { kind: 'invalid', errors: [verified.error] }
        cargo = verified.value
      }
      if (verdict.kind === 'apply') {
        const head = await install(reader, installationOf(push, cargo, held, verdict.replacesAll), log)
        if (head) return { kind: 'applied', head }
      } else if (isCertain) {
        await stage(reader, push, cargo, log)
        return { kind: 'staged', head: held }
      }
    } else if (isCertain) {
      if (verdict.kind === 'repeated') return { kind: 'repeated', head: held! }
      if (verdict.kind === 'gap') return { kind: 'gap', head: held, detail: verdict.detail }
      return { kind: 'invalid', errors: [{ path: 'shards', message: verdict.detail }] }
    }
    held = (await reader.store.read(held, []))?.changes.head ?? null
    isCertain = true
  }
  throw new Error('pushes of one region keep overtaking each other')
}

/** The head that it leaves; null when D1 no longer holds what it was judged against. */
async function install(reader: RegionReader, installation: Installation, log: Log): Promise<Head | null> {
  if (!(await reader.store.install(installation))) return null
  await copyOut(reader, installation.head, installation, log)
  reader.accept(installation)
  return installation.head
}

/** Of the last part of a fresh start the marks of all of its shards, when the parts before it brought the others. */
async function wholeCargo(reader: RegionReader, push: Push): Promise<Result<Cargo, FieldError>> {
  const cargo = verifyCargo(push)
  if (!cargo.ok || push.header.part !== 'last') return cargo
  const { bodies } = cargo.value
  const staged = await reader.store.readStaged(startOf(push))
  const shards = [...staged.filter(({ shard }) => !bodies.has(shard)), ...cargo.value.shards]
  if (shards.length === push.header.shardCount) return ok({ ...cargo.value, shards })
  const message = `with the parts before it ${shards.length} of ${push.header.shardCount} shards`
  return err({ path: 'part', message })
}

async function stage(reader: RegionReader, push: Push, cargo: Cargo, log: Log): Promise<void> {
  const shards = cargo.shards.map((mark) => ({ ...mark, bytes: cargo.bodies.get(mark.shard)! }))
  await reader.store.stage(startOf(push), shards)
  await copyOut(reader, startOf(push), cargo, log)
}

const startOf = ({ header }: Push): Start => ({ epoch: header.epoch, asOf: parseInstant(header.asOf)! })

function installationOf(push: Push, cargo: Cargo, held: Head | null, replacesAll: boolean): Installation {
  const { header } = push
  const revision = (held?.revision ?? 0) + 1
  const rules = header.rules ?? held?.rules ?? RULES_DEFAULT
  return {
    since: held?.revision ?? 0,
    replacesAll,
    staged: header.part === 'last' ? startOf(push) : null,
    head: {
      revision,
      replacedRevision: replacesAll ? revision : held!.replacedRevision,
      rulesRevision: header.rules || !held ? revision : held.rulesRevision,
      epoch: header.epoch,
      version: header.toVersion,
      asOf: parseInstant(header.asOf)!,
      tierAsOf: {
        A: parseInstant(header.tierAsOf.A)!,
        B: parseInstant(header.tierAsOf.B)!,
        C: parseInstant(header.tierAsOf.C)!,
      },
      shardCount: header.shardCount,
      rules,
    },
    ...cargo,
    changed: replacesAll ? null : changedBy(push, cargo, held),
  }
}

/** As the region says it. A changed allocation may change any figure, without a row that moves. */
function changedBy({ header }: Push, { hot, shards }: Cargo, held: Head | null): readonly string[] | null {
  const { changed, rules } = header
  if (rules && JSON.stringify(rules.allocation) !== JSON.stringify(held?.rules.allocation)) return null
  if (changed === undefined && shards.length > 0) return null
  return [...new Set([...(changed ?? []), ...hot.map(({ row }) => row.sku)])]
}

/** Writes the wide copies. D1 already holds the truth, so a copy that fails is only missed, never wrong. */
async function copyOut(
  reader: RegionReader,
  { epoch, asOf }: Pick<Head, 'epoch' | 'asOf'>,
  { shards, bodies }: Pick<Cargo, 'shards' | 'bodies'>,
  log: Log,
): Promise<void> {
  const writes = shards
    .filter(({ shard }) => bodies.has(shard))
    .map(({ shard, version, digest }) =>
      reader.copies.put(reader.region, shard, {
        bytes: bodies.get(shard)!,
        mark: { epoch, version, asOf, digest },
      }),
    )
  for (const write of await Promise.allSettled(writes)) {
    if (write.status === 'rejected')
      log('shard-copy-not-written', { region: reader.region, error: write.reason })
  }
}
