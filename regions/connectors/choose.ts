import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { amazonConnector } from './amazon/amazon.ts'
import { cloudeventsConnector } from './cloudevents/cloudevents.ts'
import type { Connector, Message, Refusal } from './connector.ts'
import { epcisConnector } from './epcis/epcis.ts'
import { guarded } from './guard.ts'
import { malformed } from './refusals.ts'
import { shopifyConnector } from './shopify/shopify.ts'
import { trytonConnector } from './tryton/tryton.ts'
import { walmartConnector } from './walmart/walmart.ts'
import { woocommerceConnector } from './woocommerce/woocommerce.ts'
import { x12Connector } from './x12/x12.ts'

/** In the order they are asked: what says its own name comes before what has to be guessed. */
const CONNECTORS: readonly Connector[] = [
  cloudeventsConnector,
  trytonConnector,
  epcisConnector,
  shopifyConnector,
  woocommerceConnector,
  amazonConnector,
  walmartConnector,
  x12Connector,
].map(guarded)

/** The connector a source is configured with; without one, the first that recognises the message. */
export function chooseConnector(
  configured: Connector['name'] | undefined,
  message: Message,
): Result<Connector, Refusal> {
  const chosen = CONNECTORS.find((it) => (configured ? it.name === configured : it.recognises(message)))
  if (chosen) return ok(chosen)
  const names = CONNECTORS.map(({ name }) => name).join(', ')
  return err(
    malformed(
      'unrecognised-format',
      `${message.body.length} bytes of ${message.contentType ?? 'no content type'} are none of ${names}; ` +
        `if it is one of them, set the connector of source ${message.source} and replay`,
    ),
  )
}
