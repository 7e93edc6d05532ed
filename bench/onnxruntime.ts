// The peer: onnxruntime-web on the same folded network and the same points, after its outputs were held against the
// float64 reference.

import * as ort from 'onnxruntime-web'
import { evaluateFolded } from '../src/model/reference.js'
import { type Contender, measureRate } from './contender.js'
import { watchMemories } from './memory.js'
import { encodeOnnxModel, ONNX_INPUT, ONNX_OUTPUT } from './onnx-model.js'
import type { Workload } from './points.js'

export const ONNX_RUNTIME_NAME = 'onnxruntime-web'

// float32 sums in another order than ours differ by about 1e-5; a wrong network or a tanh GELU by far more.
const TOLERANCE = 1e-3

/** Starts onnxruntime-web, wasm backend, 1 thread. Throws when it does not compute what the reference does. */
export async function createOnnxRuntime({ folded, inputs, count }: Workload): Promise<Contender> {
  ort.env.wasm.numThreads = 1
  // It leaves its own Worker on the global object, from which jax-js would conclude that it may share memory.
  const worker = Object.getOwnPropertyDescriptor(globalThis, 'Worker')
  const { result: session, megabytes } = await watchMemories(() =>
    ort.InferenceSession.create(encodeOnnxModel(folded), { executionProviders: ['wasm'] }),
  )
  if (worker) Object.defineProperty(globalThis, 'Worker', worker)
  else Reflect.deleteProperty(globalThis, 'Worker')
  const feeds = { [ONNX_INPUT]: new ort.Tensor('float32', Float32Array.from(inputs), [count, 2]) }

  const expected = evaluateFolded(new Float64Array(count * 3), folded, Float64Array.from(inputs, Math.fround))
  const { data } = (await session.run(feeds))[ONNX_OUTPUT]
  const maxAbs = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - data[i])), 0)
  // Not `maxAbs > TOLERANCE`: NaN is no agreement.
  if (!(maxAbs <= TOLERANCE))
    throw new Error(`${ONNX_RUNTIME_NAME}: expected the reference's outputs within ${TOLERANCE}, got ${maxAbs}`)

  return {
    name: ONNX_RUNTIME_NAME,
    threads: 1,
    async round() {
      const megapixelsPerSecond = await measureRate(() => session.run(feeds), count)
      return {
        megapixelsPerSecond,
        megabytesHeld: megabytes(),
        note: `wasm SIMD, batch ${count}; within ${maxAbs.toExponential(0)} of the reference`,
      }
    },
    dispose: () => session.release(),
  }
}
