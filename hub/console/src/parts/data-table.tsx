import { type ReactNode, useId } from 'react'
import { downloadCsv } from './csv.ts'

export type DataColumn<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  /** What goes into a file; without it, what `cell` shows, which then has to be text. */
  readonly value?: (row: Row) => unknown
  readonly kind?: 'number' | 'code' | 'prose'
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
  const [first, ...others] = columns
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
        <div className="scroll tall" tabIndex={0} role="region" aria-labelledby={id}>
          <table>
            <caption className="unseen">{title}</caption>
            <thead>
              <tr>
                {columns.map(({ name, kind }) => (
                  <th key={name} scope="col" className={kind}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={rowKey(row)}>
                  <th scope="row" className={first.kind}>
                    {first.cell(row)}
                  </th>
                  {others.map(({ name, cell, kind }) => (
                    <td key={name} className={kind}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
