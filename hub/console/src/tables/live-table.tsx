import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  readonly kind?: 'number' | 'code' | 'prose'
}

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
  const [first, ...others] = columns
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
