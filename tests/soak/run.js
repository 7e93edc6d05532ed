// `npm run soak`: builds the page as it is now, into a folder of its own, so that whoever builds meanwhile harms no hour of soaking.
// The soak is TypeScript, which Node 20 does not run; vite loads it.

import { fileURLToPath } from 'node:url'
import { build, runnerImport } from 'vite'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const outDir = 'node_modules/.cache/soak'
await build({ logLevel: 'warn', build: { outDir } })
const { module } = await runnerImport(fileURLToPath(new URL('soak.ts', import.meta.url)))
process.exitCode = await module.soak(process.argv, outDir)
