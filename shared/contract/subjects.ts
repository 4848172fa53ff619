import { invariant } from '../kernel/invariant.ts'
import { isSubjectToken } from '../domain/ids.ts'

/**
 * The streams of a region and their subjects (docs/architecture.md). The NATS client does not check subjects, so a
 * CRLF or a blank in one would inject a message: every token from outside passes through here.
 */
export const STREAMS = {
  INBOUND: { subjects: (region: string) => [`inbound.${token(region)}.>`] },
  FACTS: { subjects: (region: string) => [`facts.${token(region)}.>`] },
  DECISIONS: { subjects: (region: string) => [`decisions.${token(region)}`] },
  EXCEPTIONS: { subjects: (region: string) => [`exceptions.${token(region)}.>`] },
  FEEDS: { subjects: (region: string) => [`feeds.${token(region)}.>`] },
  REPORTS: { subjects: (region: string) => [`reports.${token(region)}.>`] },
} as const
export type StreamName = keyof typeof STREAMS

/** What the centre sources from every region. */
export const STREAMS_FOR_CENTRE = [
  'FACTS',
  'DECISIONS',
  'EXCEPTIONS',
  'REPORTS',
] as const satisfies StreamName[]

/** The centre keeps one stream per region and kind, e.g. `FACTS_eu`. */
export const centreStream = (stream: StreamName, region: string): string => `${stream}_${token(region)}`

export const inboundSubject = (region: string, source: string): string =>
  `inbound.${token(region)}.${token(source)}`
export const factsSubject = (region: string, source: string): string =>
  `facts.${token(region)}.${token(source)}`
export const decisionsSubject = (region: string): string => `decisions.${token(region)}`
export const exceptionsSubject = (region: string, stage: string): string =>
  `exceptions.${token(region)}.${token(stage)}`
/** What one channel has to know of one sku; its sku is escaped, as it may hold what a subject may not. */
export const feedSubject = (region: string, channel: string, sku: string): string =>
  `feeds.${token(region)}.${token(channel)}.${escaped(sku)}`
/** All that one channel has to know. */
export const feedSubjects = (region: string, channel: string): string =>
  `feeds.${token(region)}.${token(channel)}.*`
export const reportsSubject = (region: string, kind: string): string =>
  `reports.${token(region)}.${token(kind)}`

/** Where the centre says which policies are in force in a region, and where the region is answered when it asks. */
export const policiesSubject = (region: string): string => `$KV.POLICIES.${token(region)}`
/** That there is a new word; `$KV.` itself does not cross a leaf link. */
export const policiesChanged = (region: string): string => `policies.changed.${token(region)}`
export const policiesAnswers = (region: string): string => `policies.answers.${token(region)}`

/** Printable ASCII as one token: what is no letter, digit, `-` or `_` as `%` and its two hex digits. */
const escaped = (sku: string): string =>
  sku.replaceAll(/[^A-Za-z0-9_-]/g, (it) => `%${it.charCodeAt(0).toString(16).padStart(2, '0')}`)

function token(text: string): string {
  invariant(isSubjectToken(text), `not a subject token: ${JSON.stringify(text)}`)
  return text
}
