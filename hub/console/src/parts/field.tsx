import { type ReactNode, useId } from 'react'

/** A label and what it is the label of, inside a form. */
export function Field({
  label,
  children,
}: {
  label: string
  children: (id: string) => ReactNode
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

/** One of some, each with its words. */
export function SelectField<Value extends string>({
  label,
  options,
  ...rest
}: {
  label: string
  options: readonly (readonly [value: Value, words: string])[]
  name?: string
  value?: Value
  onChoose?: (value: Value) => void
}): ReactNode {
  const { name, value, onChoose } = rest
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          name={name}
          value={value}
          onChange={onChoose && ((event) => onChoose(event.target.value as Value))}
        >
          {options.map(([known, words]) => (
            <option key={known} value={known}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
