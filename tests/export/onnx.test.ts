// The ONNX models, run by onnxruntime-web, against the float64 reference; it is one of the bench's own dependencies.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { onnxModel, type Opset, OPSETS } from '../../src/export/onnx/onnx.js'
import { referenceRows } from '../../src/model/picture.js'
import { wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { givenNet, type GivenNet, NET_NAMES, sizeOf } from './five-nets.js'
import { FAMILY_SIZE, fittedFrame, GIVEN_FAMILIES, givenFamily, turnedFrame } from './given-families.js'

const BENCH = fileURLToPath(new URL('../../bench', import.meta.url))
/** Of the colour range: float32 sums, and an erf that is an approximation. */
const TOLERANCE = 2e-4

/** As much of onnxruntime-web as is used. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>> }>
  }
}

let runtime: Runtime | null = null

async function loadRuntime(): Promise<Runtime | null> {
  try {
    if (!existsSync(`${BENCH}/node_modules/onnxruntime-web`))
      execFileSync('npm', ['--prefix', BENCH, 'install', '--no-audit', '--no-fund', '--silent'], { stdio: 'pipe' })
    const entry = createRequire(`${BENCH}/`).resolve('onnxruntime-web')
    const loaded = await import(/* @vite-ignore */ pathToFileURL(entry).href)
    return loaded.InferenceSession ? loaded : loaded.default
  } catch {
    return null
  }
}

describe.runIf(isFull)('the model', () => {
  beforeAll(async () => {
    runtime = await loadRuntime()
    if (runtime) runtime.env.wasm.numThreads = 1
    else console.log('onnx.test.ts: skipped, onnxruntime-web cannot be had')
  })

  describe.each(Object.keys(OPSETS).map(opset => Number(opset) as Opset))('of opset %s', opset => {
    /** The model against the reference at the pixels' centres. */
    async function expectTheReference(
      net: GivenNet,
      { width, height }: { readonly width: number; readonly height: number },
    ) {
      const { frame, folded } = net.subject
      const model = onnxModel(net.subject, opset)
      if (!runtime) return
      const points = new Float32Array(width * height * 2)
      for (let row = 0, i = 0; row < height; row++)
        for (let column = 0; column < width; column++, i += 2) {
          points[i] = frame.x[0] + ((column + 0.5) / width) * (frame.x[1] - frame.x[0])
          points[i + 1] = frame.y[0] + ((row + 0.5) / height) * (frame.y[1] - frame.y[0])
        }
      const session = await runtime.InferenceSession.create(model)
      const { rgb } = await session.run({ xy: new runtime.Tensor('float32', points, [width * height, 2]) })
      const expected = referenceRows({ folded, frame, view: wholeFrame(frame), samples: 1, width, height }, 0, height)
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - rgb.data[i])), 0)
      expect(rgb.data.length).toBe(expected.length)
      expect(worst).toBeLessThan(TOLERANCE)
    }

    test.each(NET_NAMES)('gives the colours of the reference for a net that is %s', async name => {
      const net = givenNet(name)
      await expectTheReference(net, sizeOf(net))
    })

    test.each(GIVEN_FAMILIES)('gives them for the family %s, in either frame', async name => {
      await expectTheReference(givenFamily(name, fittedFrame(name)), FAMILY_SIZE)
      await expectTheReference(givenFamily(name, turnedFrame(name)), FAMILY_SIZE)
    })
  })
})
