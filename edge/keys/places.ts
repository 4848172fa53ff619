import * as z from 'zod'
import { Region } from '../../shared/domain/ids.ts'
import type { ChannelKey } from './channel-keys.ts'

const Code = z.string().regex(/^[A-Z]{2}$/)

/** The var PLACES: which region is near to whom. A country's own line goes before its continent's. */
export const Places = z.strictObject({
  countries: z.partialRecord(Code, Region).optional(),
  /** AF AN AS EU NA OC SA */
  continents: z.partialRecord(Code, Region).optional(),
})
export type Places = z.infer<typeof Places>

type Place = { readonly country?: unknown; readonly continent?: unknown }

/** The region that is meant when none is named: the one near the caller if the key sees several, else the key's first. */
export function homeRegion(places: Places | null, { regions }: ChannelKey, request: Request): Region {
  const first = regions[0]!
  if (places === null || regions.length === 1) return first
  const { country, continent } = (request.cf ?? {}) as Place
  const near = lineOf(places.countries, country) ?? lineOf(places.continents, continent)
  return near !== undefined && regions.includes(near) ? near : first
}

const lineOf = (
  lines: Readonly<Record<string, Region | undefined>> = {},
  code: unknown,
): Region | undefined => (typeof code === 'string' && Object.hasOwn(lines, code) ? lines[code] : undefined)
