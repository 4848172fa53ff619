import { createContext, useContext } from 'react'
import type { Connection, Sighting } from '../live/use-live-overview.ts'

export type Live = { readonly sighting: Sighting | null; readonly connection: Connection }

export const LiveContext = createContext<Live>({ sighting: null, connection: 'connecting' })

/** What the centre says each second, for whatever page is shown. */
export const useLive = (): Live => useContext(LiveContext)
