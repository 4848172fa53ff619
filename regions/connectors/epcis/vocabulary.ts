import type { Disposition } from '../../../shared/contract/events.ts'

/** The Core Business Vocabulary (CBV 2.0), as far as stock is concerned. */

const CBV_PREFIX =
  /^(?:urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt):|(?:https?:\/\/(?:ref|ns)\.gs1\.org\/(?:cbv|voc)\/|cbv:)(?:bizstep|disp|btt|sdt)-)(?=.)/i

/**
 * A term as its bare word, whether it came as `receiving`, `urn:epcglobal:cbv:bizstep:receiving` or
 * `https://ref.gs1.org/cbv/BizStep-receiving`. Somebody's own term stays whole, even if it ends in the same word.
 */
export const bareTerm = (term: string): string => term.replace(CBV_PREFIX, '')

/** What a business step does to stock. */
export type Effect =
  | 'receive'
  | 'pick'
  | 'ship'
  | 'unship'
  | 'count'
  | 'hold'
  | 'inspect'
  | 'create'
  | 'destroy'
  | 'none'

export const EFFECTS: Readonly<Record<string, Effect>> = {
  receiving: 'receive',
  accepting: 'receive',
  picking: 'pick',
  shipping: 'ship',
  departing: 'ship',
  retail_selling: 'ship',
  void_shipping: 'unship',
  cycle_counting: 'count',
  stock_taking: 'count',
  holding: 'hold',
  inspecting: 'inspect',
  commissioning: 'create',
  creating_class_instance: 'create',
  decommissioning: 'destroy',
  destroying: 'destroy',
  // Goods move within the place, are packed, read or watched: what is there stays what it is.
  arriving: 'none',
  encoding: 'none',
  entering_exiting: 'none',
  loading: 'none',
  packing: 'none',
  reserving: 'none',
  sensor_reporting: 'none',
  staging_outbound: 'none',
  stocking: 'none',
  storing: 'none',
  transporting: 'none',
  unloading: 'none',
  unpacking: 'none',
}

const NOT_SELLABLE: Readonly<Record<string, Disposition>> = {
  damaged: 'damaged',
  needs_replacement: 'damaged',
  destroyed: 'damaged',
  disposed: 'damaged',
  expired: 'quarantined',
  inactive: 'quarantined',
  mismatch_class: 'quarantined',
  mismatch_instance: 'quarantined',
  mismatch_quantity: 'quarantined',
  no_pedigree_match: 'quarantined',
  non_conformant: 'quarantined',
  non_sellable_other: 'quarantined',
  partially_dispensed: 'quarantined',
  recalled: 'quarantined',
  returned: 'quarantined',
  stolen: 'quarantined',
  unavailable: 'quarantined',
  unknown: 'quarantined',
}

/** In which state goods of a disposition are. Those that stop nothing (in_progress, conformant, in_transit …) sell. */
export const stateOf = (disposition: string | undefined): Disposition =>
  disposition !== undefined && Object.hasOwn(NOT_SELLABLE, disposition)
    ? NOT_SELLABLE[disposition]!
    : 'sellable'

/** Those that say in so many words that goods may be sold again. */
const RELEASING = new Set(['sellable_accessible', 'sellable_not_accessible', 'available'])
export const releases = (disposition: string | undefined): boolean =>
  disposition !== undefined && RELEASING.has(disposition)
