import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  readonly kind?: 'number' | 'code' | 'prose'
}

/** Rows under their columns, to be scrolled through by keyboard too. The first column names the row. */
export function Rows<Row>({
  title,
  labelledBy,
  rows,
  rowKey,
  columns,
}: {
  title: string
  labelledBy: string
  rows: readonly Row[]
  rowKey: (row: Row) => string
  columns: readonly [Column<Row>, ...Column<Row>[]]
}): ReactNode {
  const [first, ...others] = columns
  return (
    <div className="scroll tall" tabIndex={0} role="region" aria-labelledby={labelledBy}>
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
  )
}
