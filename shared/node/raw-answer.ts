import type { IncomingMessage, ServerResponse } from 'node:http'
import { CORRELATION_HEADER } from '../contract/correlation.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from '../contract/problem.ts'
import { failureOf, type Refusal, RETRY_AFTER_S } from './http.ts'

/** What a route answers, whichever way the request came. */
export type Answer = { readonly status: 200 | 201; readonly body: object } | Refusal

/**
 * Reads a request's body, decides and answers, without the Fetch API's objects and what Hono puts around them: that is as much work
 * as deciding. Node reads no more of the body than the request says it has. Meant for what is asked thousands of times a second.
 */
export function answerRaw(
  request: IncomingMessage,
  response: ServerResponse,
  correlationId: string,
  decide: (text: string) => Promise<Answer>,
  onFailure: (error: unknown) => void,
): void {
  const send = (answer: Answer): void => sendRaw(request, response, correlationId, answer)
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (part: string) => (text += part))
  request.on('end', () => {
    decide(text).then(send, (error: unknown) => {
      onFailure(error)
      send(failureOf(error))
    })
  })
}

function sendRaw(
  { url }: IncomingMessage,
  response: ServerResponse,
  correlationId: string,
  answer: Answer,
): void {
  const send = (status: number, type: string, body: object, more: object = {}): void => {
    const text = JSON.stringify(body)
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      [CORRELATION_HEADER]: correlationId,
      ...more,
    })
    response.end(text)
  }
  if ('status' in answer) return send(answer.status, 'application/json', answer.body)
  const { code, fields } = answer
  const problem = problemOf(code, { instance: url!, correlationId, ...fields })
  send(
    problem.status,
    PROBLEM_MEDIA_TYPE,
    problem,
    code === 'not-ready' ? { 'retry-after': RETRY_AFTER_S } : {},
  )
}
