import type { ComponentType } from 'react'
import { servedBy } from './served-by.ts'

/** A page: its address (with wouter's parameters), its name in the navigation (null: it is reached from another), its code. */
export type PageRoute = {
  readonly path: string
  readonly label: string | null
  /** Of what only the centre knows; a region's own console goes without. */
  readonly isOfCentre?: true
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

const PAGES: readonly PageRoute[] = [
  { path: '/', label: 'Regions', isOfCentre: true, load: () => import('../live/overview-page.tsx') },
  { path: '/skus', label: 'Skus', load: () => import('../skus/skus-page.tsx') },
  { path: '/skus/:sku', label: null, load: () => import('../skus/sku-page.tsx') },
  { path: '/orders', label: 'Orders', load: () => import('../orders/orders-page.tsx') },
  { path: '/orders/:orderRef', label: null, load: () => import('../orders/order-page.tsx') },
  { path: '/trace/:id', label: null, load: () => import('../orders/trace-page.tsx') },
  { path: '/exceptions', label: 'Exceptions', load: () => import('../exceptions/exceptions-page.tsx') },
  { path: '/exceptions/:id', label: null, load: () => import('../exceptions/exception-page.tsx') },
  { path: '/sources', label: 'Sources', load: () => import('../sources/sources-page.tsx') },
  { path: '/feeds', label: 'Feeds', load: () => import('../feeds/feeds-page.tsx') },
  {
    path: '/reconciliation',
    label: 'Reconciliation',
    isOfCentre: true,
    load: () => import('../reconciliation/reconciliation-page.tsx'),
  },
  {
    path: '/reconciliation/:id',
    label: null,
    isOfCentre: true,
    load: () => import('../reconciliation/variance-page.tsx'),
  },
  { path: '/trends', label: 'Trends', isOfCentre: true, load: () => import('../trends/trends-page.tsx') },
  { path: '/alerts', label: 'Alerts', isOfCentre: true, load: () => import('../alerts/alerts-page.tsx') },
  { path: '/alerts/:id', label: null, isOfCentre: true, load: () => import('../alerts/alert-page.tsx') },
  {
    path: '/policies',
    label: 'Policies',
    isOfCentre: true,
    load: () => import('../policies/policies-page.tsx'),
  },
  {
    path: '/policies/new',
    label: null,
    isOfCentre: true,
    load: () => import('../policies/propose-page.tsx'),
  },
  { path: '/policies/:id', label: null, isOfCentre: true, load: () => import('../policies/policy-page.tsx') },
  { path: '/audit', label: 'Audit log', isOfCentre: true, load: () => import('../audit/audit-page.tsx') },
  { path: '/access', label: 'Access', isOfCentre: true, load: () => import('../access/access-page.tsx') },
  { path: '/runbooks', label: 'Runbooks', load: () => import('../runbooks/runbooks-page.tsx') },
  { path: '/runbooks/:name', label: null, load: () => import('../runbooks/runbook-page.tsx') },
]

const isRegion = servedBy().kind === 'region'

/** The pages that whoever serves this console has. */
export const PAGES_HERE: readonly PageRoute[] = PAGES.filter(({ isOfCentre }) => !isRegion || !isOfCentre)
