import { servedBy } from '../shell/served-by.ts'

/** Where a region's own API is asked: through the centre, or directly where the region serves these pages itself. */
export const regionPath = (region: string, path: string): string =>
  servedBy().kind === 'region' ? path : `/v1/regions/${encodeURIComponent(region)}/api${path}`
