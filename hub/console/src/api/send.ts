import { type Answered, request } from './request.ts'

/** Sends something that changes something. */
export const send = <T>(
  method: 'POST' | 'PUT' | 'DELETE' | 'PATCH',
  path: string,
  json?: unknown,
): Promise<Answered<T>> =>
  request<T>(path, {
    method,
    ...(json === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
  })
