import { nkeys } from 'nats'

/** A NATS user: the server's config holds the public key alone, the seed stays with the user. */
export function createNatsUser(): { readonly publicKey: string; readonly seed: string } {
  const pair = nkeys.createUser()
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) }
}

export const publicKeyOf = (seed: string): string =>
  nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey()
