import { type ReactNode, useId, useRef } from 'react'
import type { FieldError } from '../../../../shared/contract/problem.ts'
import { lineOf, placeOf, type Place } from './json-place.ts'

/** A rule as JSON, with what is wrong of it beside its line; pressing that marks the place. */
export function RuleEditor({
  text,
  errors,
  onText,
}: {
  text: string
  /** Their paths begin at the rule itself. */
  errors: readonly FieldError[]
  onText: (text: string) => void
}): ReactNode {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const syntax = syntaxFault(text)
  const faults =
    syntax !== null
      ? [{ ...syntax, path: 'no JSON yet' }]
      : errors.map(({ path, message }) => ({ path, message, place: placeOf(text, path) }))
  const mark = ({ from, to }: Place) => {
    field.current?.focus()
    field.current?.setSelectionRange(from, to)
  }
  return (
    <div className="field">
      <label htmlFor={id}>The rule, as JSON</label>
      <textarea
        id={id}
        ref={field}
        value={text}
        spellCheck={false}
        autoCapitalize="none"
        aria-invalid={faults.length > 0}
        aria-describedby={`${id}-faults`}
        onChange={(event) => onText(event.target.value)}
      />
      <ul className="faults" id={`${id}-faults`} aria-live="polite">
        {faults.map(({ path, message, place }) => (
          <li key={`${path} ${message}`}>
            <button type="button" className="as-link" onClick={() => mark(place)}>
              Line {lineOf(text, place.from)}, {path === '' ? 'the rule' : path}
            </button>
            : {message}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The rule itself, or what keeps the text from being one. */
export function ruleOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const rule: unknown = JSON.parse(text)
    return typeof rule === 'object' && rule !== null && !Array.isArray(rule)
      ? (rule as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function syntaxFault(text: string): { message: string; place: Place } | null {
  if (ruleOf(text) !== null) return null
  try {
    JSON.parse(text)
    return { message: 'a rule is an object: { … }', place: { from: 0, to: text.length } }
  } catch (error) {
    const said = (error as Error).message
    const at = Math.min(text.length, Number(/position (\d+)/.exec(said)?.[1] ?? text.length))
    return { message: said.replace(/ in JSON at position.*$/, ''), place: { from: at, to: at + 1 } }
  }
}
