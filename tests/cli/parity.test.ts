// vexel parity, as a person calls it: browser found, site served, page asked.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PARITY_TOLERANCE } from '../../src/gpu/parity.js'
import { ORACLE_NAMES, oracleTruth } from '../browser/pages.js'
import { isFull } from '../is-full.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vexel-parity-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

const vexel = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['lib/cli.js', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  )

/** Holds that a report keeps the tolerances, and says how far off the shader is. */
function checkReport(stdout: string): Record<string, unknown> {
  const report = JSON.parse(stdout)
  expect(report.renderer).toMatch(/\S/)
  expect(report.maxAbs).toBeLessThanOrEqual(PARITY_TOLERANCE.maxAbs)
  expect(report.meanAbs).toBeGreaterThan(0)
  expect(report.meanAbs).toBeLessThan(report.maxAbs)
  expect(report.maxLevel).toBeLessThanOrEqual(PARITY_TOLERANCE.maxLevel)
  expect(report.deepMaxAbs).toBeLessThanOrEqual(PARITY_TOLERANCE.deepMaxAbs)
  return report
}

describe.runIf(isFull)('over the whole frame', () => {
  test.each(ORACLE_NAMES)('%s passes, and says how far the shader is off', async name => {
    const { width, height } = oracleTruth(name)
    const size = ['--width', `${width}`, '--height', `${height}`]
    const { code, stdout, stderr } = await vexel('parity', `tests/oracle/${name}.safetensors`, ...size, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    checkReport(stdout)
  })
})

test('a net passes in another frame, too, and the size follows from its aspect with a note', async () => {
  const frame = ['--y', '1,-1', '--order', 'yx', '--output', 'logit']
  const { code, stdout, stderr } = await vexel(
    'parity',
    'tests/oracle/usa.safetensors',
    '--width',
    '48',
    ...frame,
    '--json',
  )
  expect(code).toBe(0)
  expect(stderr).toMatch(/aspect is unknown/)
  expect(checkReport(stdout)).toMatchObject({ width: 48, height: 32 })
})

test('a bad file is one line and exit code 1, a browser that is not there 3', async () => {
  const path = join(folder, 'bad.safetensors')
  writeFileSync(path, 'nothing of the kind')
  const bad = await vexel('parity', path)
  expect(bad.code).toBe(1)
  expect(bad.stderr.trimEnd().split('\n')).toHaveLength(1)
  const before = process.env.VEXEL_BROWSER
  process.env.VEXEL_BROWSER = join(folder, 'no-browser')
  const none = await vexel('parity', 'tests/oracle/japan.safetensors', '--aspect', '3:2')
  if (before === undefined) delete process.env.VEXEL_BROWSER
  else process.env.VEXEL_BROWSER = before
  expect(none.code).toBe(3)
  expect(none.stderr).toMatch(/VEXEL_BROWSER/)
})
