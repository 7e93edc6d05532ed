// The PyTorch class, run by the machine's Python beside the weights that it belongs to, against the float64 reference.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { torchText } from '../../src/export/python/torch.js'
import { referenceRows } from '../../src/model/picture.js'
import { wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { decodeLevels } from '../model/network-files.js'
import { FAMILY_SIZE, GIVEN_FAMILIES, givenFamily, turnedFrame } from './given-families.js'
import { givenNet, type GivenNet, largestDifference, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'
import { pythonWith } from './python.js'

/** Of the colour range: PyTorch computes in float32. */
const TOLERANCE = 2e-4

/** Somebody who runs the file, and asks its class for the colours of the same points. */
const RUN = `import json, runpy
ran = runpy.run_path("flag.py", run_name="__main__")
missing = ran["net"].load_state_dict(ran["load"](ran["WEIGHTS"]), strict=False).missing_keys
assert all(name.endswith("num_batches_tracked") for name in missing), missing
print(json.dumps(ran["colours"](ran["net"], ran["x"].flatten(), ran["y"].flatten()).flatten().tolist()))
`

const folder = mkdtempSync(join(tmpdir(), 'vexel-torch-'))
afterAll(() => rmSync(folder, { recursive: true }))

const python = pythonWith('torch')
if (isFull && !python) console.log('torch.test.ts: skipped, there is no python3 with torch')

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

describe.runIf(python)('the file, run', () => {
  /** What the script draws, and the colours that its class gives at the pixels' centres, [height * width, 3]. */
  async function drawnByPython({ subject, bytes }: GivenNet, width: number) {
    writeFileSync(join(folder, 'flag.py'), torchText(subject))
    writeFileSync(join(folder, subject.fileName), bytes)
    writeFileSync(join(folder, 'run.py'), RUN)
    const text = execFileSync(python as string, ['run.py', 'flag.png', `${width}`], { cwd: folder, encoding: 'utf8' })
    return { ...(await decodeLevels(readFileSync(join(folder, 'flag.png')))), colours: JSON.parse(text) as number[] }
  }

  async function expectTheReference(net: GivenNet, size: { readonly width: number; readonly height: number }) {
    const { levels, colours, ...drawn } = await drawnByPython(net, size.width)
    expect(drawn).toMatchObject(size)
    expect(largestDifference(levels, referenceLevels(net, size))).toBeLessThanOrEqual(1)
    const { folded, frame } = net.subject
    const reference = referenceRows({ folded, frame, view: wholeFrame(frame), samples: 1, ...size }, 0, size.height)
    expect(largestDifference(colours, reference)).toBeLessThanOrEqual(TOLERANCE)
  }

  test.each(NET_NAMES)('is the reference, as a picture and in its colours, for a net that is %s', async name => {
    const net = givenNet(name)
    await expectTheReference(net, sizeOf(net))
  })

  test.each(GIVEN_FAMILIES)('is the reference for the family %s', async name => {
    await expectTheReference(givenFamily(name, turnedFrame(name)), FAMILY_SIZE)
  })
})
