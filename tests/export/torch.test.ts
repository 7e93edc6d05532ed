// The PyTorch class, run by the machine's Python beside the weights that it belongs to, against the float64 reference.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { torchText } from '../../src/export/python/torch.js'
import { isFull } from '../is-full.js'
import { decodeLevels } from '../model/network-files.js'
import { givenNet, largestDifference, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-torch-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasTorch = isFull && spawnSync('python3', ['-c', 'import torch']).status === 0
if (isFull && !hasTorch) console.log('torch.test.ts: skipped, there is no python3 with torch')

test('the text is the class of the file: its layers by their names, in their order', () => {
  const text = torchText(givenNet('easy').subject)
  expect(text).toContain('WEIGHTS = "easy.safetensors"')
  expect(text.match(/self\.\w+ = nn\..*/g)?.slice(0, 4)).toEqual([
    'self.dense1 = nn.Linear(2, 16)',
    'self.dense2 = nn.Linear(16, 32)',
    'self.bn2 = nn.BatchNorm1d(32, eps=0.00001)',
    'self.dense3 = nn.Linear(32, 32)',
  ])
  expect(text).toContain('        x = F.gelu(x)\n        x = self.bn2(x)\n        x = self.dense3(x)\n')
})

describe.runIf(hasTorch)('the file, run', () => {
  test.each(NET_NAMES)('draws the reference within a level for a net that is %s', async name => {
    const net = givenNet(name)
    const size = sizeOf(net)
    writeFileSync(join(folder, 'flag.py'), torchText(net.subject))
    writeFileSync(join(folder, net.subject.fileName), net.bytes)
    execFileSync('python3', ['flag.py', 'flag.png', `${size.width}`], { cwd: folder })
    const { levels, ...drawn } = await decodeLevels(readFileSync(join(folder, 'flag.png')))
    expect(drawn).toMatchObject(size)
    expect(largestDifference(levels, referenceLevels(net, size))).toBeLessThanOrEqual(1)
  })
})
