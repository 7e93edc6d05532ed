// The declarations of the package are none of what its parts are built over: a build of the library, as every run of the tests makes one, leaves them.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import element from '../../vite.element.config.js'
import library from '../../vite.lib.config.js'
import site from '../../vite.config.js'

test('what a build empties holds no declarations that the package names', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, { types: string }> }
  const emptied = [library, element, site].map(({ build }) => build?.outDir ?? 'dist')
  const types = Object.values(exports).map(({ types }) => types)
  expect(types).toHaveLength(5)
  for (const path of types)
    for (const folder of emptied) expect(path.startsWith(`./${folder}/`), `${path} in ${folder}`).toBe(false)
})
