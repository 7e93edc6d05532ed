// A Python of this machine that has a package: Debian's has others than the one that comes first.

import { spawnSync } from 'node:child_process'
import { isFull } from '../is-full.js'

/** The program; null where there is none, and in the sample, which runs none. */
export function pythonWith(name: string): string | null {
  const has = (python: string) => spawnSync(python, ['-c', `import ${name}`]).status === 0
  return (isFull && ['python3', '/usr/bin/python3'].find(has)) || null
}
