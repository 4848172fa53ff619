import type { ComponentType } from 'react'

/** A page: its address (with wouter's parameters), its name in the navigation (null: it is reached from another), its code. */
export type PageRoute = {
  readonly path: string
  readonly label: string | null
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

export const PAGES: readonly PageRoute[] = [
  { path: '/', label: 'Regions', load: () => import('../live/overview-page.tsx') },
]
