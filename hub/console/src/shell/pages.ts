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
]

const isRegion = servedBy().kind === 'region'

/** The pages that whoever serves this console has. */
export const PAGES_HERE: readonly PageRoute[] = PAGES.filter(({ isOfCentre }) => !isRegion || !isOfCentre)
