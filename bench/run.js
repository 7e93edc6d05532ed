// `npm run bench`: builds the site and the bench from the sources as they are now, then runs bench.ts. Built, because
// Node 20 runs no TypeScript, and with Rollup, because vite's development loaders look up every import at each use, which
// the reference's inner loop would feel. Everything lands in node_modules/.cache of this folder.

import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = `${root}bench/node_modules/.cache`
process.chdir(root)
process.stderr.write('building the site and the bench\n')
await build({ root, logLevel: 'warn', build: { outDir: `${cache}/site` } })
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: 'bench/bench.ts',
    target: 'node20',
    minify: false,
    outDir: `${cache}/bench`,
    rollupOptions: { external: ['onnxruntime-web', '@jax-js/jax', 'assemblyscript/asc'] },
  },
})
await import(`${cache}/bench/bench.js`)
