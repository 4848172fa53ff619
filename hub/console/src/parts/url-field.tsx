import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useSearchParams } from 'wouter'

/** A filter that lives in the address; empty means anything. */
function useUrlValue(name: string): readonly [value: string, choose: (value: string) => void] {
  const [params, setParams] = useSearchParams()
  const choose = (value: string) =>
    setParams(
      (before) => {
        if (value === '') before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  return [params.get(name) ?? '', choose]
}

export function UrlSelect({
  name,
  label,
  options,
  any = 'any',
}: {
  name: string
  label: string
  /** What it is called where it is not called by its value. */
  options: readonly (string | readonly [value: string, words: string])[]
  any?: string
}): ReactNode {
  const id = useId()
  const [value, choose] = useUrlValue(name)
  const pairs = options.map((it) => (typeof it === 'string' ? ([it, it] as const) : it))
  const isKnown = value === '' || pairs.some(([known]) => known === value)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">{any}</option>
        {!isKnown && <option value={value}>{value}</option>}
        {pairs.map(([known, words]) => (
          <option key={known} value={known}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}

const TYPED_AFTER_MS = 400

/** Asked for when one stops typing, and at once with Enter. */
export function UrlText({
  name,
  label,
  inputMode = 'text',
}: {
  name: string
  label: string
  inputMode?: 'text' | 'decimal'
}): ReactNode {
  const id = useId()
  const [value, choose] = useUrlValue(name)
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The address may also change by a link or by going back.
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = value
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const take = (afterMs: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => choose(field.current?.value.trim() ?? ''), afterMs)
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        ref={field}
        type="text"
        inputMode={inputMode}
        defaultValue={value}
        autoComplete="off"
        spellCheck={false}
        onChange={() => take(TYPED_AFTER_MS)}
        onKeyDown={(event) => event.key === 'Enter' && take(0)}
      />
    </div>
  )
}
