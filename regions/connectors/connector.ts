import type { CanonicalEvent } from '../../shared/contract/events.ts'
import type { ExceptionClass } from '../../shared/contract/exceptions.ts'
import type { Decimal } from '../../shared/domain/decimal.ts'
import type { ConnectorName, SourceProfile } from '../../shared/domain/master-data.ts'
import type { Instant } from '../../shared/kernel/clock.ts'

/** What a system sent, byte for byte, with what the transport said of it. */
export type Message = {
  readonly source: string
  readonly body: Uint8Array
  readonly contentType: string | null
  /** Lower-case transport headers: HTTP, or NATS (`ce-id` … of the binary mode). */
  readonly headers: Readonly<Record<string, string>>
  readonly receivedAt: Instant
}

/**
 * The source's codes in our words. Null means unknown: the connector refuses by name, an operator maps, the message
 * is replayed. Lookups know the source's mapping, our own codes, and GTINs.
 */
export type Codes = {
  /** The source's item code (any of the forms it gave) as our sku. */
  readonly sku: (foreign: string) => string | null
  readonly node: (foreign: string) => string | null
  /** The source's unit code as ours; itself when not mapped. */
  readonly uom: (foreign: string) => string
  /** How many decimals a quantity of the item in that unit may have: its own in its base unit, else none. */
  readonly decimals: (sku: string, uom: string | undefined) => number
  /** So much of the item in that unit as whole base units (minor ones of a measured item); null where it is not whole. */
  readonly baseUnits: (sku: string, uom: string | undefined, stated: Decimal) => bigint | null
  readonly defaultNode: string | null
  readonly profile: SourceProfile
}

export type Refusal = {
  readonly class: ExceptionClass
  /** Stable, e.g. `unknown-code`, `control-total-mismatch`, `not-x12`. */
  readonly code: string
  /** For an operator at 3 a.m.: which line, which code, what to do. */
  readonly detail: string
  /** For `unknown-code`: what has to be mapped, so that the message is replayed when it is. */
  readonly unknown?: {
    readonly kind: 'sku' | 'node' | 'uom' | 'source'
    readonly code: string
    /** Of a unit: the item that doesn't have it. */
    readonly sku?: string
  }
}

/**
 * What a message means. Events and refusals stand side by side: of a file with one unknown code in a hundred lines,
 * ninety-nine lines count, and the message as a whole waits under exceptions. Replaying it changes nothing twice,
 * because event ids are made from the document's own keys.
 */
export type Translation = {
  readonly events: readonly CanonicalEvent[]
  readonly refusals: readonly Refusal[]
  /** Remarks that stop nothing: wrong segment counts, bad check digits. */
  readonly warnings: readonly string[]
}

/** A connector only translates. Storing, retrying and dead-lettering belong to the inbox. It never throws. */
export type Connector = {
  readonly name: ConnectorName
  /** Whether this looks like the connector's format, for sources that name no connector. */
  readonly recognises: (message: Message) => boolean
  readonly translate: (message: Message, codes: Codes) => Translation
}
