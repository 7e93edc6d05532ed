// Builds main.ts (Node 20 runs no TypeScript) and trains: see there.

import { fileURLToPath } from 'node:url'
import { build, loadConfigFromFile } from 'vite'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const outDir = `${root}node_modules/.cache/vexel-solve-nets`
process.chdir(root)
const library = await loadConfigFromFile({ command: 'build', mode: 'production' }, `${root}vite.lib.config.ts`)
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  plugins: library.config.plugins,
  build: { ssr: true, target: 'node20', outDir, rollupOptions: { input: 'tests/solve/made-with/main.ts' } },
})
await import(`${outDir}/main.js`)
