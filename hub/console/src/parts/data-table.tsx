import { type ReactNode, useId } from 'react'
import { downloadCsv } from './csv.ts'
import { type Column, Rows } from './rows.tsx'

export type DataColumn<Row> = Column<Row> & {
  /** What goes into a file; without it, what `cell` shows, which then has to be text. */
  readonly value?: (row: Row) => unknown
}

/** Rows that were asked for, to look at and to take along. The first column names the row. */
export function DataTable<Row>({
  title,
  rows,
  rowKey,
  columns,
  empty,
  file,
}: {
  title: string
  rows: readonly Row[]
  rowKey: (row: Row) => string
  columns: readonly [DataColumn<Row>, ...DataColumn<Row>[]]
  empty: string
  /** The name of its CSV file; none is offered without. */
  file?: string
}): ReactNode {
  const id = useId()
  const download = () =>
    downloadCsv(
      `${file}.csv`,
      columns.map(({ name }) => name),
      rows.map((row) => columns.map(({ cell, value = cell }) => value(row))),
    )
  return (
    <section className="ledger">
      <header className="ledger-head lead">
        <h2 id={id}>
          {title} <span className="tally">{rows.length}</span>
        </h2>
        {file !== undefined && rows.length > 0 && (
          <button type="button" onClick={download}>
            Download CSV
          </button>
        )}
      </header>
      {rows.length === 0 ? (
        <p className="nothing">{empty}</p>
      ) : (
        <Rows title={title} labelledBy={id} rows={rows} rowKey={rowKey} columns={columns} />
      )}
    </section>
  )
}
