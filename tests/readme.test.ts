// The README's examples are run as they stand; in the sample the long ones as small as an example can be.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { isFull } from './is-full.js'

const root = new URL('..', import.meta.url).pathname
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(match => match[1])

/** What is said last counts: appended to the examples of a command, these make them small. */
const SMALL: Readonly<Record<string, string>> = {
  render: '--width 64',
  collage: '--width 200 --samples 1',
  compare: '--width 64',
  train: '--width 32 --detail 64 --steps 40 --batch 256',
  gallery: '--width 32 --detail 64',
  movie: '--width 32 --samples 1',
}

// Minutes where other processes have the cores, too.
test('every command of the README runs', { timeout: 900_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vexel-readme-'))
  const commands = blocks('sh')
    .join('')
    .split('\n')
    .filter(line => line.includes('npx vexel') && !line.includes('npx vexel parity'))
  expect(commands.length).toBeGreaterThanOrEqual(3)
  for (const command of commands) {
    const local = command
      .replace('npx vexel', `"${process.execPath}" "${join(root, 'lib/cli.js')}"`)
      .replace('-o ', `-o ${folder}/`)
      // A film is where an example before has written it.
      .replace(' movie ', ` movie ${folder}/`)
    const [, name] = /npx vexel (\w+)/.exec(command) ?? []
    // A plan's steps by ten.
    const run = isFull ? local : `${local.replace(/("steps": \d+)0/g, '$1')} ${SMALL[name] ?? ''}`
    expect(() => execFileSync('sh', ['-c', run], { cwd: root, stdio: 'pipe' }), command).not.toThrow()
  }
  rmSync(folder, { recursive: true })
})

test('the library example prints the red of the sun', () => {
  const example = blocks('js').find(block => block.includes("from 'vexel'")) ?? ''
  const path = join(root, 'lib', 'readme-example.mjs')
  writeFileSync(path, example.replace("'vexel'", `'${pathToFileURL(join(root, 'lib/index.js')).href}'`))
  try {
    const printed = execFileSync(process.execPath, [path], { cwd: root, encoding: 'utf8' })
    const [red, green, blue] = [...printed.matchAll(/-?\d\.\d+(e-?\d+)?/g)].map(([text]) => Number(text))
    expect(red).toBeGreaterThan(0.6)
    expect(Math.max(green, blue)).toBeLessThan(0.3)
  } finally {
    rmSync(path)
  }
})

test('the two commands of the README are the ones that CI runs', () => {
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm ci && npm test')
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/^npm ci && npm test$/m)
})
