import { type FormEvent, type ReactNode, useId, useRef } from 'react'

/** Asks for a name and goes to its page. */
export function GoTo({
  label,
  example,
  onGo,
}: {
  label: string
  example: string
  onGo: (name: string) => void
}): ReactNode {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    const name = field.current?.value.trim() ?? ''
    if (name === '') field.current?.focus()
    else onGo(name)
  }
  return (
    <form className="filters" onSubmit={onSubmit} role="search">
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          ref={field}
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={example}
        />
      </div>
      <button type="submit">Open</button>
    </form>
  )
}
