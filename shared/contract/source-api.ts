import * as z from 'zod'
import { FallbackAction } from '../domain/fallback.ts'
import { NodeId } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'
import { SourceCondition, SourceWord } from './reports.ts'

const SourceStanding = SourceWord.extend({
  /** The nodes whose stock it keeps: since when nothing was heard of each, and what is done about it. */
  nodes: z.array(
    z.object({
      node: NodeId,
      condition: SourceCondition,
      heardAt: Timestamp,
      action: FallbackAction,
    }),
  ),
})
export type SourceStanding = z.infer<typeof SourceStanding>

export const SourcesAnswer = z.object({ sources: z.array(SourceStanding) })
