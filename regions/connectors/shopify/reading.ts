import type { Reading as Common } from '../market/reading.ts'
import type { Delivery } from './delivery.ts'

export type Reading = Common & { readonly delivery: Delivery }
