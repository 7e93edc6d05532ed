// `npm run bench`: builds the site and the bench from the sources as they are now, then runs bench.ts. Built, because
// Node 20 runs no TypeScript, and with Rollup, because vite's development loaders look up every import at each use, which
// the reference's inner loop would feel. Everything lands in node_modules/.cache of this folder.

import { fileURLToPath } from 'node:url'
import { build, loadConfigFromFile } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = `${root}bench/node_modules/.cache`
process.chdir(root)
process.stderr.write('building the site and the bench\n')
// Beside lib, as in the package: the command line looks there for the catalogue of flags.
await build({ root, logLevel: 'warn', build: { outDir: `${cache}/dist` } })
// The library's plugins: the kernel is compiled as it is there.
const library = await loadConfigFromFile({ command: 'build', mode: 'production' }, `${root}vite.lib.config.ts`)
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  plugins: library.config.plugins,
  build: {
    ssr: true,
    target: 'node20',
    minify: false,
    outDir: `${cache}/bench`,
    rollupOptions: {
      input: {
        bench: 'bench/bench.ts',
        quality: 'bench/quality.ts',
        ordinary: 'bench/ordinary.ts',
        'train-worker': 'src/cli/train/train-worker.ts',
        'kernel-worker': 'bench/kernel-worker.ts',
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      external: ['onnxruntime-web', '@jax-js/jax', 'assemblyscript/asc'],
    },
  },
})
// `node bench/run.js quality ...`, `node bench/run.js ordinary ...`: the other benches.
const other = ['quality', 'ordinary'].find(name => name === process.argv[2])
if (other) process.argv.splice(2, 1)
// The command line, whose rendering is timed.
else await build({ root, configFile: `${root}vite.lib.config.ts`, logLevel: 'warn', build: { outDir: `${cache}/lib` } })
await import(`${cache}/bench/${other ?? 'bench'}.js`)
