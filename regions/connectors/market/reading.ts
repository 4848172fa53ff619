import type { Codes, Message } from '../connector.ts'
import type { Draft } from '../translation.ts'

/** A message on its way to events: what the readers of its records are given, and where they write. */
export type Reading = { readonly message: Message; readonly codes: Codes; readonly draft: Draft }
