/** Accepted, made and returned everywhere: one name for all that came of one request. */
export const CORRELATION_HEADER = 'X-Correlation-Id'
export const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/
