import type { ReactNode } from 'react'
import { type Column, Rows } from '../parts/rows.tsx'

/** A table of what is open. The first column names the row. An empty one says what being empty means. */
export function LiveTable<Row>({
  title,
  id,
  explains,
  rows,
  rowKey,
  columns,
  openCount,
  empty,
}: {
  title: string
  id: string
  explains: string
  rows: readonly Row[]
  rowKey: (row: Row) => string
  columns: readonly [Column<Row>, ...Column<Row>[]]
  /** How many there are in all: the page gets the newest ones only. */
  openCount: number
  empty: string
}): ReactNode {
  return (
    <section className="ledger">
      <header className="ledger-head">
        <h2 id={id}>
          {title} <span className="tally">{Math.max(openCount, rows.length)}</span>
        </h2>
        <p className="soft">
          {explains}
          {rows.length > 0 && openCount > rows.length && ` The newest ${rows.length} are shown.`}
        </p>
      </header>
      {rows.length === 0 ? (
        <p className="nothing">
          {openCount === 0 ? empty : 'They are not among the newest that the centre has sent.'}
        </p>
      ) : (
        <Rows title={title} labelledBy={id} rows={rows} rowKey={rowKey} columns={columns} />
      )}
    </section>
  )
}
