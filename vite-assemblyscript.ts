// A vite plugin: `import base64 from './index.ts?assemblyscript'` compiles that AssemblyScript module to WebAssembly with
// SIMD; `?assemblyscript-relaxed` with relaxed SIMD, too (ASC_FEATURE_RELAXED_SIMD is true in it). A string, so that the same import works in the page, in its workers, in Node and in tests, with nothing to fetch.

import { basename, dirname } from 'node:path'
import type { Plugin } from 'vite'

/** What each query enables besides. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '?assemblyscript': [],
  '?assemblyscript-relaxed': ['--enable', 'relaxed-simd'],
}
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--memoryBase', '1024']
// v128 goes from function to function inside the module only.
const QUIET = ['--disableWarning', '112']

export function assemblyscript(): Plugin {
  return {
    name: 'assemblyscript',
    enforce: 'pre',
    async load(id) {
      const query = Object.keys(QUERIES).find(ending => id.endsWith(ending))
      if (!query) return null
      const entry = id.slice(0, -query.length)
      // Loaded when it is needed: the compiler is large, and most builds of a session find nothing changed.
      const { default: asc } = await import('assemblyscript/asc')
      let binary: Uint8Array | null = null
      const args = [
        basename(entry),
        '--outFile',
        'module.wasm',
        '--baseDir',
        dirname(entry),
        ...FLAGS,
        ...QUERIES[query],
        ...QUIET,
      ]
      const { error, stderr } = await asc.main(args, {
        writeFile: (_name: string, contents: Uint8Array | string) => {
          if (typeof contents !== 'string') binary = contents
        },
      })
      if (error || !binary) throw new Error(`${entry}: ${stderr.toString() || error?.message}`)
      return `export default ${JSON.stringify(Buffer.from(binary).toString('base64'))}`
    },
  }
}
