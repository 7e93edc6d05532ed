// vexel solve as it is built: what it prints, in words and as JSON, and that metadata changes nothing.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, FRAME_KEY } from '../../src/model/frame.js'
import { writeSafetensors } from '../../src/model/safetensors/write.js'
import type { Solution } from '../../src/solve/solution.js'
import { isFull } from '../is-full.js'
import { oraclePath, oracleTensors } from '../model/network-files.js'
import { nonsenseNet } from '../solve/nonsense-net.js'
import { expectRefused, runVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-solve-'))
afterAll(() => rmSync(folder, { recursive: true }))

function given(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return name
}

const malaysia = given('malaysia.safetensors', readFileSync(fileURLToPath(oraclePath('malaysia.safetensors'))))
const run = { cwd: folder }

async function solved(file: string): Promise<{ solution: Solution; stderr: string }> {
  const { code, text, stderr } = await runVexel(['solve', file, '--json'], run)
  expect(code, stderr).toBe(0)
  return { solution: JSON.parse(text), stderr }
}

describe('vexel solve', () => {
  test('prints the documented JSON, the best of the candidates as a whole; metadata is told, not used', async () => {
    const lie = JSON.stringify({ ...DEFAULT_FRAME, x: [5, 3], order: 'yx', aspect: 0.25 })
    const metadata = new Map([
      [FRAME_KEY, lie],
      ['note', 'a\nb'],
      ['format', 'pt'],
    ])
    const file = given('lying.safetensors', writeSafetensors(oracleTensors('malaysia'), metadata))
    const { solution, stderr } = await solved(file)
    expect(stderr).toMatch(/^the file states vexel\.frame: \{.*; not used\nthe file states note: [^\n]*; not used\n$/)
    const keys = ['frame', 'flag', 'confidence', 'reason']
    expect(Object.keys(solution)).toEqual([...keys, 'candidates'])
    expect(solution.flag).toMatchObject({ code: 'my', name: 'Malaysia' })
    expect(Object.keys(solution.flag ?? {})).toEqual(['code', 'name', 'confidence'])
    expect(solution.frame).toMatchObject({ order: 'xy', output: 'rgb01', channels: 'rgb' })
    const { candidates, ...best } = solution
    expect(candidates[0]).toEqual(best)
    for (const candidate of candidates) {
      expect(Object.keys(candidate)).toEqual(keys)
      expect(candidate.confidence).toBeGreaterThanOrEqual(0)
      expect(candidate.confidence).toBeLessThanOrEqual(1)
    }
    const confidences = candidates.map(({ confidence }) => confidence)
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a))
  })

  test.runIf(isFull)('says in words what it is, how sure that is, and over which inputs', async () => {
    const { code, text, stderr } = await runVexel(['solve', malaysia], run)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(text).toMatch(/^malaysia\.safetensors: Malaysia \(my\), \d+ % sure\nframe {2}x -1 to 1 from left to right/)
    expect(text).toContain('width : height 2:1\n')
    // What a link takes.
    expect(JSON.parse(/^json +(.*)$/m.exec(text)?.[1] ?? '')).toMatchObject({ x: [-1, 1], y: [-1, 1] })
  })

  test.runIf(isFull)('that cannot tell says so, and ends well', async () => {
    const file = given('nonsense.safetensors', nonsenseNet())
    const { code, text } = await runVexel(['solve', file], run)
    expect(code).toBe(0)
    expect(text).toMatch(/^nonsense\.safetensors: cannot tell what it draws\n {2}\S[^\n]+\n$/)
  })

  test.runIf(isFull)('gives no frame, no flag and a reason where it cannot tell', async () => {
    const { solution } = await solved(given('nonsense.safetensors', nonsenseNet()))
    expect(solution).toMatchObject({ frame: null, flag: null, confidence: 0, candidates: [] })
    expect(solution.reason).toMatch(/^[^\n]+$/)
  })

  test('refuses what is no flag network in one line', async () => {
    await expectRefused(['solve', given('broken.safetensors', 'broken')], 1, /^vexel: broken\.safetensors: /, run)
    await expectRefused(['solve', 'nowhere.safetensors'], 1, /nowhere\.safetensors: no such file/, run)
  })
})
