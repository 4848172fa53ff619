/** Where the edge is asked, and by whose word. */
export type EdgeApi = { readonly url: string; readonly operatorKey: string }

/** Asks the edge as its operator. Rejects when it can't be asked in time; what it answers is the caller's to judge. */
export const askEdge = (
  { url, operatorKey }: EdgeApi,
  path: string,
  { withinMs, headers = {} }: { withinMs: number; headers?: Record<string, string> },
): Promise<Response> =>
  fetch(`${url}${path}`, {
    headers: { ...headers, authorization: `Bearer ${operatorKey}` },
    signal: AbortSignal.timeout(withinMs),
  })
