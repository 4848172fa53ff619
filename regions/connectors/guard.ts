import type { Connector } from './connector.ts'
import { malformed } from './refusals.ts'
import { refusedWhole } from './translation.ts'

/**
 * The last resort: a connector's own mistake becomes a dead letter with its bytes, instead of stopping the inbox for
 * every source. fuzz.test.ts runs the connectors without it, and shows that it isn't needed.
 */
export function guarded(connector: Connector): Connector {
  return {
    name: connector.name,
    recognises: (message) => {
      try {
        return connector.recognises(message)
      } catch {
        return false
      }
    },
    translate: (message, codes) => {
      try {
        return connector.translate(message, codes)
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error)
        return refusedWhole(
          malformed(
            'connector-fault',
            `the ${connector.name} connector failed: ${said}. Report it; then replay`,
          ),
        )
      }
    },
  }
}
