// What a program takes that uses all of one of the package's entries, minified and gzipped, is what the README says.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { describe, expect, test } from 'vitest'
import { isFull } from '../is-full.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(`${ROOT}/README.md`, 'utf8')

async function bundled(code: string): Promise<number> {
  const id = 'virtual:entry'
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'entry',
        resolveId: name => (name === id ? `\0${id}` : null),
        load: name => (name === `\0${id}` ? code : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: { input: id, output: { inlineDynamicImports: true }, preserveEntrySignatures: 'strict' },
    },
  })
  const [{ output }] = [result].flat() as { output: { code?: string }[] }[]
  return output.reduce((sum, { code = '' }) => sum + gzipSync(code, { level: 9 }).length, 0)
}

describe.runIf(isFull)('all of', () => {
  test.each(['', '/gpu', '/train', '/solve'])('vexel%s', async entry => {
    const said = Number(new RegExp(`^\\| \`vexel${entry}\` \\| (\\d+) KB`, 'm').exec(readme)?.[1]) * 1024
    const lib = `${ROOT}/lib/${entry.slice(1) || 'index'}.js`
    const size = await bundled(`export * from ${JSON.stringify(lib)}`)
    expect(size).toBeLessThanOrEqual(said)
    expect(size).toBeGreaterThan(0.8 * said)
  })

  test('a single function is a fraction of it', async () => {
    const one = await bundled(`export { gelu } from ${JSON.stringify(`${ROOT}/lib/index.js`)}`)
    expect(one).toBeLessThan(3 * 1024)
  })
})
