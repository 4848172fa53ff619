import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '../../start/data-folder.ts'
import { newWorld, World } from '../world/world.ts'

/** `DATA/traffic/world.json`: the world with all that is still to be sent, written whole before anything of it is. */
const fileOf = (dataDir: string): string => join(dataDir, 'world.json')

/** The kept world, one run further; a fresh one where none is, or where it belongs to another seed. */
export function openWorld(dataDir: string, seed: string): World {
  const path = fileOf(dataDir)
  const kept = existsSync(path) ? World.parse(JSON.parse(readFileSync(path, 'utf8'))) : null
  const world = kept?.seed === seed ? kept : newWorld(seed)
  world.run += 1
  keepWorld(dataDir, world)
  return world
}

export const keepWorld = (dataDir: string, world: World): void =>
  writePrivateFile(fileOf(dataDir), JSON.stringify(world))
