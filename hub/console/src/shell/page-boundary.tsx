import { Component, type ReactNode } from 'react'

/** A page that fails takes none of the others with it: it says so, and is tried again elsewhere or by a reload. */
export class PageBoundary extends Component<
  { readonly children: ReactNode },
  { readonly failure: string | null }
> {
  override state = { failure: null }

  static getDerivedStateFromError(error: unknown): { failure: string } {
    return { failure: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children
    return (
      <div className="trouble" role="alert">
        <p>
          <strong>This page failed.</strong> Reload it; if it fails again, tell who runs this console:{' '}
          <code>{this.state.failure}</code>
        </p>
      </div>
    )
  }
}
