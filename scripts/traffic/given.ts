import { speak } from './voices/speak.ts'
import { advance } from './world/advance.ts'
import { type Message, newWorld, type World } from './world/world.ts'

/** For tests: what is said in so many seconds from a fixed moment on. */
export function tapeOf(
  seed: string,
  seconds: number,
  { regions = ['eu', 'us'], run = 1 }: { regions?: readonly string[]; run?: number } = {},
): { readonly world: World; readonly messages: readonly Message[] } {
  const world = newWorld(seed)
  world.run = run
  const messages: Message[] = []
  const start = Date.UTC(2026, 10, 23, 16)
  for (let second = 1; second <= seconds; second++) {
    const now = start + second * 1000 + (second % 7) * 31
    for (const scene of advance(world, now, regions, { speed: 1, ordersPerSecond: 1.5 })) {
      messages.push(...speak(scene))
    }
  }
  return { world, messages }
}
