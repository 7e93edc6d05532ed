// Files that do not say what stands between their layers, on the command line: listed, refused with what is missing, and drawn as they
// are told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import {
  FAMILIES,
  FAMILY_NAMES,
  type FamilyName,
  familyExpected,
  familyPath,
  familyPicture,
} from '../model/family-files.js'
import { decodeLevels } from '../model/network-files.js'
import { expectRefused, runVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-architecture-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vexel = (args: readonly string[], stdin = '') => runVexel(args, { cwd: folder, stdin })
const fileOf = (name: FamilyName) => fileURLToPath(familyPath(`${name}.safetensors`))
const frameOf = (name: FamilyName) => {
  const { x, y, width, height } = familyExpected(name)
  return ['--x', x.join(','), '--y', y.join(','), '--width', `${width}`, '--height', `${height}`, '--samples', '1']
}

test.each(FAMILY_NAMES)('%s is rendered as PyTorch drew it', async name => {
  const { code, stdout } = await vexel([
    'render',
    fileOf(name),
    '-o',
    '-',
    '--architecture',
    FAMILIES[name],
    '--threads',
    '1',
    ...frameOf(name),
  ])
  expect(code).toBe(0)
  const { levels } = familyPicture(name)
  const worst = decodeLevels(stdout).levels.reduce((most, level, i) => Math.max(most, Math.abs(level - levels[i])), 0)
  expect(worst).toBeLessThanOrEqual(1)
})

test('info lists a file that nobody explained, and says what is missing', async () => {
  const { code, text } = await vexel(['info', fileOf('siren')])
  expect(code).toBe(0)
  expect(text).toMatch(
    /^cannot be drawn: the file does not say what stands between its layers \(linear 2-48-48-48-3\)/m,
  )
  expect(text).toMatch(/^ {2}net\.0\.linear\.weight +F32 +\[48, 2\] /m)
  const told = await vexel(['info', fileOf('siren'), '--architecture', 'siren', '--json'])
  expect(JSON.parse(told.text)).toMatchObject({ architecture: 'sine 30 2-48-48-48-3', parameterCount: 4995 })
})

test('a file of JSON tells it, too; what is none is a wrong call', async () => {
  const path = join(folder, 'architecture.json')
  writeFileSync(path, '{"activation": "silu"}')
  const { text } = await vexel(['sample', fileOf('grey-silu'), '--points', '-', '--architecture', path], '[[0, 0]]')
  const [[red, green, blue]] = JSON.parse(text) as number[][]
  expect([green, blue]).toEqual([red, red])
  const call = ['render', fileOf('siren'), '-o', 'x.png', '--architecture']
  await expectRefused([...call, 'sirene'], 2, /--architecture sirene: architecture sirene: expected JSON, or one of/, {
    cwd: folder,
  })
  await expectRefused(['render', fileOf('siren'), '-o', 'x.png'], 1, /does not say what stands between its layers/, {
    cwd: folder,
  })
  await expectRefused([...call, 'positional-relu'], 1, /takes 2 inputs, and the architecture gives it another number/, {
    cwd: folder,
  })
})
