import * as z from 'zod'
import type { Codes } from '../connector.ts'
import { type VendorCode, VendorId } from '../market/vendor-code.ts'

/** What names the item of a line, wherever a line appears. */
export const LineItem = z.object({
  id: VendorId,
  sku: z.string().nullish(),
  variant_id: VendorId.nullish(),
  product_id: VendorId.nullish(),
  requires_shipping: z.boolean().nullish(),
  gift_card: z.boolean().nullish(),
})
export type LineItem = z.infer<typeof LineItem>

export const codesOf = ({
  sku,
  variant_id: variant,
  product_id: product,
}: LineItem): readonly VendorCode[] => [
  { code: sku },
  { kind: 'variant', code: variant },
  { kind: 'product', code: product },
]

/** A voucher or a download is no stock. */
export const isGoods = ({ requires_shipping: isShipped, gift_card: isVoucher }: LineItem): boolean =>
  isShipped !== false && isVoucher !== true

/** Whether orders are named as people and other systems see them (`#1001`), not by the id that is in every document. */
export const isByName = ({ profile }: Codes): boolean => profile.orderNumber === 'name'
