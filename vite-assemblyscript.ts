// A vite plugin: `import base64 from './index.ts?assemblyscript'` compiles that AssemblyScript module to WebAssembly with
// SIMD; `?assemblyscript-relaxed` with relaxed SIMD, too (ASC_FEATURE_RELAXED_SIMD is true in it). A string, so that the same import works in the page, in its workers, in Node and in tests, with nothing to fetch.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** What each query enables besides. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '?assemblyscript': [],
  '?assemblyscript-relaxed': ['--enable', 'relaxed-simd'],
}
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--memoryBase', '1024']
// v128 goes from function to function inside the module only.
const QUIET = ['--disableWarning', '112']

// Every worker of a page is a build of its own, and so are the library and the element: each module was compiled up to nine times in
// one build of the page, most of that build's time. What was compiled once is taken from here, by whatever goes into it.
const CACHE = join(import.meta.dirname, 'node_modules/.cache/assemblyscript')

export function assemblyscript(): Plugin {
  return {
    name: 'assemblyscript',
    enforce: 'pre',
    async load(id) {
      const query = Object.keys(QUERIES).find(ending => id.endsWith(ending))
      if (!query) return null
      return `export default ${JSON.stringify(await compiled(id.slice(0, -query.length), QUERIES[query]))}`
    },
  }
}

/** Under way or done in this process, by {@link keyOf}. */
const modules = new Map<string, Promise<string>>()

/** A module as base64. @throws Error with what the compiler says */
function compiled(entry: string, features: readonly string[]): Promise<string> {
  const args = [
    basename(entry),
    '--outFile',
    'module.wasm',
    '--baseDir',
    dirname(entry),
    ...FLAGS,
    ...features,
    ...QUIET,
  ]
  const key = keyOf(entry, features)
  const known = modules.get(key) ?? cached(key, () => compile(entry, args))
  modules.set(key, known)
  return known
}

/** What a module is made of: the compiler, its flags, and all the sources of its folder. */
function keyOf(entry: string, features: readonly string[]): string {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string }
  const hash = createHash('sha256').update(JSON.stringify([version, basename(entry), FLAGS, features]))
  for (const name of readdirSync(dirname(entry)).sort()) {
    if (!name.endsWith('.ts')) continue
    hash.update(`\0${name}\0`).update(readFileSync(join(dirname(entry), name)))
  }
  return hash.digest('hex')
}

async function cached(key: string, make: () => Promise<string>): Promise<string> {
  const path = join(CACHE, key)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    const made = await make()
    try {
      mkdirSync(CACHE, { recursive: true })
      // Other builds may be reading: what has this name is whole.
      const partPath = `${path}.${process.pid}`
      writeFileSync(partPath, made)
      renameSync(partPath, path)
    } catch {
      // Where nothing can be kept the next build compiles again.
    }
    return made
  }
}

async function compile(entry: string, args: readonly string[]): Promise<string> {
  // Loaded when it is needed: the compiler is large, and most builds of a session find nothing changed.
  const { default: asc } = await import('assemblyscript/asc')
  let binary: Uint8Array | null = null
  const { error, stderr } = await asc.main([...args], {
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') binary = contents
    },
  })
  if (error || !binary) throw new Error(`${entry}: ${stderr.toString() || error?.message}`)
  return Buffer.from(binary).toString('base64')
}
