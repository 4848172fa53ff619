import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { configDefaults, defineConfig } from 'vitest/config'

/** A suffix says what a test needs: `.test.ts` nothing, `.nats.test.ts` a nats-server, and so on. */
const SUFFIXED = [
  '**/*.nats.test.ts',
  '**/*.tryton.test.ts',
  '**/*.worker.test.ts',
  '**/*.browser.test.ts',
  '**/*.chaos.test.ts',
]

/** These start servers, which takes a while on busy cores. */
const withServers = { testTimeout: 60_000, hookTimeout: 60_000 }

// Wrangler and Miniflare reach for the network unless they are told not to.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
})

// The tests start many processes of the same code: Node compiles it once.
process.env['NODE_COMPILE_CACHE'] ??= new URL('node_modules/.cache/compiled', import.meta.url).pathname

export default defineConfig({
  test: {
    reporters: ['default', './tests/support/closing-line.ts'],
    // Those that start servers wait as much as they work: two at a time keep two cores busy.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          // Laws try hundreds of tapes, on a machine that runs other tests beside them: how long they take decides nothing.
          testTimeout: 60_000,
          // They keep nothing between them, and most of their time went into loading the same modules once a file.
          isolate: false,
          pool: 'threads',
          include: ['**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SUFFIXED, 'tests/scenarios/**'],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              cf: false,
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations('edge/migrations'),
                PUSH_SECRETS: JSON.stringify({
                  eu: { k1: 'eu-secret-of-tests' },
                  us: { k1: 'us-secret-of-tests' },
                }),
              },
            },
          })),
        ],
        test: { name: 'edge', include: ['edge/**/*.worker.test.ts'], testTimeout: 20_000 },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.nats.test.ts', '**/*.tryton.test.ts', 'tests/scenarios/**/*.test.ts'],
          ...withServers,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['**/*.browser.test.ts'],
          globalSetup: './tests/support/build-console.ts',
          ...withServers,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['**/*.chaos.test.ts'],
          ...withServers,
          testTimeout: 300_000,
          // By itself: what it kills again and again takes the cores from whatever runs beside it.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
