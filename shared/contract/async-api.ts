import * as z from 'zod'
import { LeaderElected } from './decisions.ts'
import { CanonicalEvent } from './events.ts'
import { ExceptionLetter } from './exceptions.ts'
import { ChannelFigure } from './feed-api.ts'
import { Report } from './reports.ts'

/** The NATS side of a region as AsyncAPI 3.0, made from the schemas that the code validates with. */
export function regionAsyncApi(): Record<string, unknown> {
  const channel = (address: string, summary: string, parameters: readonly string[], message: string) => ({
    address,
    summary,
    parameters: Object.fromEntries(parameters.map((name) => [name, { description: `a ${name} id` }])),
    messages: { [message]: { $ref: `#/components/messages/${message}` } },
  })
  const operation = (action: 'send' | 'receive', name: string, summary: string) => ({
    action,
    summary,
    channel: { $ref: `#/channels/${name}` },
  })
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Plimsoll region streams',
      version: '1.0.0',
      description: 'What crosses NATS in one region.',
    },
    defaultContentType: 'application/json',
    channels: {
      inbound: channel(
        'inbound.{region}.{source}',
        'What a system sent, byte for byte',
        ['region', 'source'],
        'Inbound',
      ),
      facts: channel(
        'facts.{region}.{source}',
        'Canonical events, a batch a message',
        ['region', 'source'],
        'Facts',
      ),
      decisions: channel('decisions.{region}', 'What the ledger itself decided', ['region'], 'Decisions'),
      exceptions: channel('exceptions.{region}.{stage}', 'Dead letters', ['region', 'stage'], 'Exception'),
      feeds: channel(
        'feeds.{region}.{channel}.{sku}',
        'What a channel may sell of a sku, the newest figure alone; in the sku, what is no letter, digit, - or _ is % and two hex digits',
        ['region', 'channel', 'sku'],
        'Figure',
      ),
      reports: channel(
        'reports.{region}.{kind}',
        'How the region is, for the centre',
        ['region', 'kind'],
        'Report',
      ),
    },
    operations: {
      receiveInbound: operation('receive', 'inbound', 'A source publishes with its own NATS user'),
      sendFacts: operation('send', 'facts', 'The hub appends what it understood'),
      sendDecisions: operation('send', 'decisions', 'Fenced: published with the expected last sequence'),
      sendExceptions: operation('send', 'exceptions', 'The hub keeps what it could not understand'),
      sendFeeds: operation('send', 'feeds', 'The hub says what each channel has to know'),
      sendReports: operation('send', 'reports', 'The hub reports to the centre'),
    },
    components: {
      messages: {
        Inbound: { summary: 'CloudEvents (structured, batch or binary), X12, EPCIS JSON', payload: {} },
        Facts: { payload: { type: 'array', items: schemaOf(CanonicalEvent) } },
        Decisions: { payload: { type: 'array', items: schemaOf(LeaderElected) } },
        Exception: { payload: schemaOf(ExceptionLetter) },
        Figure: { payload: schemaOf(ChannelFigure) },
        Report: { payload: schemaOf(Report) },
      },
    },
  }
}

function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
  })
  return rest
}
