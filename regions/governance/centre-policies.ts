import type { Logger } from 'pino'
import { CanonicalEvent, type Fact } from '../../shared/contract/events.ts'
import type { PolicyBundle, PolicyDocument, PolicyReport } from '../../shared/contract/policy-bundle.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { reportsSubject } from '../../shared/contract/subjects.ts'
import { Policy, type PolicyKind, scopeFault } from '../../shared/domain/policy.ts'
import { isWithinScope, tidyScope } from '../../shared/domain/policy-scope.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { onCentreWord, readCentreWord, unpackBundle } from '../../shared/node/centre-word.ts'
import type { Bus } from '../../shared/node/nats.ts'
import { CENTRE_SOURCE } from '../inbox/own-sources.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { PolicyHistory } from '../ledger/policy-history.ts'

/** The centre's word is looked at so often even when nothing is heard: a link that was cut heals in silence. */
const LOOK_EVERY_MS = 3_000
const TOLD_AGAIN_EVERY_MS = 15_000
/** A centre that could not be asked for so long is away: the region may say by itself what it would not while it is there. */
const AWAY_AFTER_MS = 60_000
const LISTED_MAX = 100
/** So many documents are checked without letting anybody else in: some milliseconds. */
const JUDGED_AT_ONCE = 100

type Parts = {
  readonly bus: Bus
  readonly region: string
  readonly clock: Clock
  readonly log: Logger
  readonly master: MasterBook
  readonly history: PolicyHistory
  readonly submit: (source: string, facts: readonly Fact[]) => Promise<unknown>
}

type Refused = PolicyReport['refused'][number]

/**
 * The centre's policies in this region: hears of a new word, reads it, applies what is new of it as facts, and tells which it
 * runs. Without the centre all stays as it was last heard, and is in the journal.
 */
export class CentrePolicies {
  readonly #parts: Parts
  #bundle: PolicyBundle | null = null
  /** The word as it came, and what was found of each document in it: most words change one. */
  #packed: Uint8Array | null = null
  #judged = new Map<string, Policy | Refused>()
  #refused: Refused[] = []
  /** When the centre was last asked with success, though it may have said nothing. */
  #askedAt: Instant | null = null
  #told = ''
  #toldAt: Instant = 0
  #timer: NodeJS.Timeout | null = null
  #listening: { unsubscribe: () => void } | null = null
  #looking: Promise<void> | null = null
  #isDueAgain = false
  #isWarned = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    const { bus, region } = this.#parts
    this.#listening = onCentreWord(bus, region, () => this.#look())
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#look()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#listening?.unsubscribe()
    this.#isDueAgain = false
    await this.#looking
  }

  /** Why the region may not say this by itself; null when it may. */
  forbids(kind: string, scope: string): string | null {
    if (this.#bundle === null || this.#isAway()) return null
    for (const it of this.#bundle.policies) {
      if (it.kind !== kind || it.localChanges === 'all' || !isWithinScope(scope, it.scope)) continue
      if (it.localChanges === 'narrower' && tidyScope(scope) !== tidyScope(it.scope)) continue
      return `the centre governs ${it.kind}/${it.scope} (version ${it.version}): change it there`
    }
    return null
  }

  #isAway(): boolean {
    return this.#askedAt === null || this.#parts.clock.now() - this.#askedAt > AWAY_AFTER_MS
  }

  /** One at a time; what is heard meanwhile is looked at after it. */
  #look(): void {
    if (this.#looking) return void (this.#isDueAgain = true)
    this.#looking = this.#lookNow().finally(() => {
      this.#looking = null
      if (!this.#isDueAgain) return
      this.#isDueAgain = false
      this.#look()
    })
  }

  async #lookNow(): Promise<void> {
    const { bus, region, clock, log } = this.#parts
    try {
      const packed = await readCentreWord(bus, region)
      this.#askedAt = clock.now()
      if (this.#isWarned) log.info('the centre’s policies are heard again')
      this.#isWarned = false
      if (packed && !(this.#packed && Buffer.compare(packed, this.#packed) === 0)) {
        await this.#apply(unpackBundle(packed))
        this.#packed = packed
      }
    } catch (error) {
      if (!this.#isWarned)
        log.warn({ error: String(error) }, 'the centre’s policies can’t be read: what was heard last stands')
      this.#isWarned = true
    }
    await this.#tell()
  }

  async #apply(bundle: PolicyBundle): Promise<void> {
    const { submit, log } = this.#parts
    if (bundle.region !== this.#parts.region) throw new Error(`a word for ${bundle.region} came to us`)
    const judged = await this.#judgeAll(bundle.policies)
    const facts: Fact[] = []
    for (const document of bundle.policies) {
      const found = judged.get(document.id)!
      // What was found before has been applied before.
      if (this.#judged.get(document.id) === found || 'errors' in found || this.#isKnown(document, found))
        continue
      facts.push(this.#factOf(document, found))
    }
    if (facts.length > 0) {
      await submit(CENTRE_SOURCE, facts)
      log.info({ revision: bundle.revision, policies: facts.length }, 'policies of the centre are in force')
    }
    this.#bundle = bundle
    this.#judged = judged
    this.#refused = [...judged.values()].filter((it) => 'errors' in it)
  }

  /** A document is never changed, so what was found of it holds. */
  async #judgeAll(documents: readonly PolicyDocument[]): Promise<Map<string, Policy | Refused>> {
    const judged = new Map<string, Policy | Refused>()
    let fresh = 0
    for (const document of documents) {
      const known = this.#judged.get(document.id)
      judged.set(document.id, known ?? judge(document))
      if (!known && ++fresh % JUDGED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return judged
  }

  #isKnown({ id, version }: PolicyDocument, { kind, scope }: Policy): boolean {
    return this.#parts.history.has(kind, scope, version, CENTRE_SOURCE, id)
  }

  #factOf({ id }: PolicyDocument, policy: Policy): Fact {
    const { master, clock } = this.#parts
    const subject = `${policy.kind}/${policy.scope}`
    // The later word stands, and this one has to, whatever a local one was dated.
    const after = (master.all('policy').get(subject)?.rank[0] ?? 0) + 1
    return CanonicalEvent.parse({
      specversion: '1.0',
      id,
      source: CENTRE_SOURCE,
      type: 'plimsoll.policy.activated',
      time: formatInstant(Math.max(clock.now(), after)),
      subject,
      correlationid: id,
      data: policy,
    })
  }

  async #tell(): Promise<void> {
    const { bus, region, clock, log } = this.#parts
    const now = clock.now()
    const word = this.#word()
    const text = JSON.stringify(word)
    if (text === this.#told && now - this.#toldAt < TOLD_AGAIN_EVERY_MS) return
    const report = { kind: 'policies', region, at: formatInstant(now), ...word }
    try {
      await bus.js.publish(reportsSubject(region, 'policies'), JSON.stringify(report))
      this.#told = text
      this.#toldAt = now
    } catch (error) {
      log.warn({ error: String(error) }, 'which policies are run could not be told')
    }
  }

  #word(): Pick<PolicyReport, 'revision' | 'applied' | 'overridden' | 'refused'> {
    const policies = this.#bundle?.policies ?? []
    const overridden = policies.flatMap((it) => this.#overriding(it) ?? [])
    return {
      revision: this.#bundle?.revision ?? null,
      applied: policies.length - overridden.length - this.#refused.length,
      overridden: overridden.slice(0, LISTED_MAX),
      refused: this.#refused.slice(0, LISTED_MAX),
    }
  }

  /** What the region says in place of a document; null when the document is in force, or was refused. */
  #overriding({ id, kind, scope, version }: PolicyDocument): PolicyReport['overridden'][number] | null {
    const standing = this.#parts.master.all('policy').get(`${kind}/${tidyScope(scope)}`)
    if (!standing || (standing.rank[1] === CENTRE_SOURCE && standing.rank[2] === id)) return null
    if (this.#refused.some((it) => it.kind === kind && it.scope === scope)) return null
    const { author, version: localVersion = 0 } = standing.body.body
    return { kind, scope, version, author, localVersion }
  }
}

/** A document as a policy of ours; the same checks as of one that is put here. */
function judge(document: PolicyDocument): Policy | Refused {
  const { kind, version, revision } = document
  const scope = tidyScope(document.scope)
  const parsed = Policy.safeParse({ kind, scope, body: { ...document.body, version, revision } })
  if (!parsed.success) return { kind, scope: document.scope, version, errors: fieldErrors(parsed.error) }
  const fault = scopeFault(kind as PolicyKind, scope)
  if (fault !== null)
    return { kind, scope: document.scope, version, errors: [{ path: 'scope', message: fault }] }
  return parsed.data
}
