// The Python text, run by the machine's Python, against the float64 reference.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { roundConstants } from '../../src/export/digits.js'
import { numpyText } from '../../src/export/python/numpy.js'
import { wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { decodeLevels } from '../model/network-files.js'
import { FAMILY_SIZE, fittedFrame, GIVEN_FAMILIES, givenFamily, turnedFrame } from './given-families.js'
import { givenNet, type GivenNet, largestDifference, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'
import { pythonWith } from './python.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-numpy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const python = pythonWith('numpy')
if (isFull && !python) console.log('numpy.test.ts: skipped, there is no python3 with numpy')

async function drawnByPython({ subject }: GivenNet, args: readonly string[]) {
  const { folded } = roundConstants(subject.folded, subject.frame, null)
  writeFileSync(join(folder, 'flag.py'), numpyText(subject, folded, 'a note'))
  execFileSync(python as string, ['flag.py', 'flag.png', ...args], { cwd: folder })
  return await decodeLevels(readFileSync(join(folder, 'flag.png')))
}

describe.runIf(python)('the file, run', () => {
  test.each(NET_NAMES)('draws the reference within a level for a net that is %s', async name => {
    const net = givenNet(name)
    const size = sizeOf(net)
    const { levels, ...drawn } = await drawnByPython(net, [`${size.width}`])
    expect(drawn).toMatchObject(size)
    expect(largestDifference(levels, referenceLevels(net, size))).toBeLessThanOrEqual(1)
  })

  test.each(GIVEN_FAMILIES)('draws the reference within a level for the family %s', async name => {
    for (const frame of [fittedFrame(name), turnedFrame(name)]) {
      const net = givenFamily(name, frame)
      const { levels } = await drawnByPython(net, [`${FAMILY_SIZE.width}`])
      expect(largestDifference(levels, referenceLevels(net, FAMILY_SIZE))).toBeLessThanOrEqual(1)
    }
  })

  test('draws what is near a point', async () => {
    const net = givenNet('easy')
    const size = sizeOf(net)
    const { levels } = await drawnByPython(net, [`${size.width}`, '4', '0.25', '0.75'])
    const view = { ...wholeFrame(net.subject.frame), x: -0.5, y: 0.5, zoom: 4 }
    expect(largestDifference(levels, referenceLevels(net, size, view))).toBeLessThanOrEqual(1)
  })
})
