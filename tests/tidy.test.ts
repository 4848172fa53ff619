import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The structure of docs/architecture.md, held: import directions, purity, no cycles, no files where things are put. */

const ROOT = resolve(import.meta.dirname, '..')
const FOLDERS = ['shared', 'edge', 'regions', 'hub', 'scripts', 'tests', 'bench']
const LEFT_OUT = /node_modules|[/\\]dist[/\\]|\.gen\.ts$/

type Source = { readonly path: string; readonly text: string; readonly imports: readonly string[] }

const sources: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.tsx?$/.test(path) && !LEFT_OUT.test(join('/', path)))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    }),
)

/** Paths from the root for our own files, specifiers for the rest. */
function importsOf(path: string, text: string): string[] {
  const statements =
    /(?:^|\n)(?:import|export)\b[^'";]*?\bfrom\s+'([^'\n]+)'|\bimport\(\s*'([^'\n]+)'\s*\)|(?:^|\n)import\s+'([^'\n]+)'/g
  const found = [...text.matchAll(statements)].map((match) => (match[1] ?? match[2] ?? match[3])!)
  return found.map((specifier) =>
    specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : specifier,
  )
}

const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || path.startsWith('tests/') || path.startsWith('bench/')
const inside = (folders: readonly string[]) => (path: string) =>
  folders.some((folder) => path.startsWith(`${folder}/`))
const offences = (from: (path: string) => boolean, to: (imported: string) => boolean): string[] =>
  sources
    .filter(({ path }) => from(path) && !isTest(path))
    .flatMap(({ path, imports }) => imports.filter(to).map((imported) => `${path} imports ${imported}`))

const PURE = [
  'shared/kernel',
  'shared/domain',
  'shared/contract',
  'shared/snapshot',
  'regions/connectors',
  'regions/ledger/core',
  'regions/orders/core',
]

test('the check sees the whole tree', () => {
  expect(sources.length).toBeGreaterThan(150)
  expect(sources.find(({ path }) => path === 'regions/main.ts')?.imports).toContain('regions/region-hub.ts')
})

describe('dependencies point one way', () => {
  test.each([
    ['shared', ['edge', 'regions', 'hub', 'scripts', 'tests', 'bench']],
    ['edge', ['regions', 'hub', 'scripts', 'tests', 'bench', 'shared/node']],
    ['regions', ['edge', 'hub', 'scripts', 'tests', 'bench']],
    ['hub', ['edge', 'regions', 'scripts', 'tests', 'bench']],
    ['scripts', ['edge', 'regions', 'hub', 'tests', 'bench']],
  ])('%s imports nothing of %j', (from, to) => {
    expect(offences(inside([from]), inside(to))).toEqual([])
  })

  test('what decides is pure: it imports no Node API, and of npm only zod and a queue', () => {
    const isForeign = (imported: string): boolean =>
      !FOLDERS.some((folder) => imported.startsWith(`${folder}/`)) &&
      imported !== 'zod' &&
      imported !== 'tinyqueue'
    expect(offences(inside(PURE), isForeign)).toEqual([])
  })

  test('only one module knows the NATS client', () => {
    expect(
      offences(
        (path) => !path.startsWith('shared/node/'),
        (imported) => imported === 'nats',
      ),
    ).toEqual([])
  })

  test('there are no cycles', () => {
    expect(cycles()).toEqual([])
  })
})

describe('the tree shows the architecture', () => {
  test('a file has one concept: none over 400 lines', () => {
    expect(
      sources
        .filter(({ path, text }) => !isTest(path) && text.split('\n').length > 400)
        .map(({ path }) => path),
    ).toEqual([])
  })

  test('no file is named for a place where things are put', () => {
    const isDrawer = /(^|\/)(index|utils?|helpers?|types|common|misc)\.tsx?$|-(manager|service)\.tsx?$/
    expect(sources.map(({ path }) => path).filter((path) => isDrawer.test(path))).toEqual([])
  })

  test('there are the four folders and what stands beside them', () => {
    const folders = readdirSync(ROOT).filter(
      (name) => !name.startsWith('.') && statSync(join(ROOT, name)).isDirectory(),
    )
    expect(folders.filter((name) => !['node_modules', 'docs', ...FOLDERS].includes(name))).toEqual([])
  })
})

function cycles(): string[] {
  const importsByPath = new Map(sources.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (done.has(path)) return
    for (const next of importsByPath.get(path) ?? [])
      if (importsByPath.has(next)) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of importsByPath.keys()) walk(path, [])
  return found
}
