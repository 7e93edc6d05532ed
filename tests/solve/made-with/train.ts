// Trains a net of the test set: a loop of its own around the kernel, as a person would write it in PyTorch, so that the solver
// meets other hands than `vexel train`'s. Each net is trained in its own convention, on the raster's pixels, inputs and targets
// in the convention's numbers; rates of the first layer and the head are scaled to those. Nothing but the tensors is in the file:
// no metadata.

import { MYSTERY_NET } from '../../../src/model/architecture.js'
import type { Frame } from '../../../src/model/frame.js'
import { StateDict } from '../../../src/model/state-dict.js'
import { TrainingKernel } from '../../../src/kernel/training.js'
import { loadImage } from '../../../src/cli/image/image.js'
import { initialTensors } from '../../../src/train/initial-weights.js'
import { networkTensors } from '../../../src/train/network-tensors.js'
import { ADAM_SETTINGS } from '../../../src/train/optimizer.js'
import { SplitMix64 } from '../../../src/train/random.js'
import type { RgbImage } from '../../../src/train/rgb-image.js'
import { type Convention, frameOf } from './conventions.js'
import { draw } from './drawings.js'
import type { Plan } from './plan.js'

const STATISTICS_MOMENTUM = 0.1
const ADAM_RATE = 0.003
const MUON_RATE = 0.02

/** @returns the file, the frame that is true of it, and how well it draws its picture in that frame, in dB */
export async function train(
  plan: Plan,
  convention: Convention,
): Promise<{ bytes: Uint8Array; frame: Frame; psnr: number }> {
  const { picture, width, seed } = plan
  return await trainOn(draw(picture, width, seed) ?? (await flag(picture, width)), plan, convention)
}

/** The same on a raster that is at hand. */
export async function trainOn(
  image: RgbImage,
  plan: Omit<Plan, 'name' | 'picture' | 'convention' | 'width'>,
  convention: Convention,
): Promise<{ bytes: Uint8Array; frame: Frame; psnr: number }> {
  const { steps, batch, seed } = plan
  const frame = frameOf(convention, image.width, image.height)
  const kernel = new TrainingKernel(MYSTERY_NET, batch, { width: 1, height: 1 })
  kernel.load(startOf(plan, frame))
  const scale = outputScale(frame)
  const spans = [frame.x, frame.y].map(([from, to]) => Math.abs(to - from) / 2)
  const random = new SplitMix64(seed + 17)
  const inputs = new Float64Array(batch * 2)
  const targets = new Float64Array(batch * 3)
  // One pass even for an untrained net: somebody has run it over the picture once, in training mode.
  for (let step = 0; step < Math.max(1, steps); step++) {
    for (let i = 0; i < batch; i++) drawPixel(i)
    kernel.setBatch(inputs, targets)
    kernel.forward()
    if (frame.output === 'logit') kernel.setBatch(inputs, logitTargets())
    kernel.measureLoss(false)
    kernel.updateStatistics(steps === 0 ? 1 : STATISTICS_MOMENTUM)
    if (steps === 0) break
    kernel.backward()
    update(step)
  }
  const tensors = kernel.tensors()
  const bytes = StateDict.create(networkTensors(MYSTERY_NET, tensors, steps), new Map()).serialize()
  return { bytes, frame, psnr: await psnrOf(bytes, frame, image) }

  function drawPixel(i: number): void {
    const column = Math.floor(random.uniform() * image.width)
    const row = Math.floor(random.uniform() * image.height)
    const x = frame.x[0] + ((column + 0.5) / image.width) * (frame.x[1] - frame.x[0])
    const y = frame.y[0] + ((row + 0.5) / image.height) * (frame.y[1] - frame.y[0])
    inputs[2 * i] = frame.order === 'xy' ? x : y
    inputs[2 * i + 1] = frame.order === 'xy' ? y : x
    for (let c = 0; c < 3; c++) {
      const value = image.data[3 * (row * image.width + column) + (frame.channels === 'rgb' ? c : 2 - c)]
      targets[3 * i + c] = frame.output === 'rgb255' ? 255 * value : frame.output === 'rgb11' ? 2 * value - 1 : value
    }
  }

  /** Targets whose squared error has binary cross-entropy's gradient, sigmoid(z) - t. */
  function logitTargets(): Float64Array {
    const outputs = kernel.outputs
    return targets.map((target, i) => outputs[i] - (1 / (1 + Math.exp(-outputs[i])) - target) * 4)
  }

  function update(step: number): void {
    const factor = plan.rate === 'constant' ? 0.3 : 1 - step / steps
    const { learnable, hidden } = kernel.layout
    const firstMatrix = learnable.find(({ shape }) => shape.length === 2)
    for (const place of learnable) {
      const matrix = plan.optimizer === 'muon' && hidden.find(({ weight }) => weight === place)
      if (matrix) kernel.muon(matrix, MUON_RATE * factor, 0.95)
      else {
        const own =
          place === firstMatrix ? 1 / Math.max(...spans, 0.5) : place.name.startsWith('dense_head') ? scale : 1
        kernel.adam(place.start, place.paddedRows * place.stride, ADAM_RATE * factor * own, step + 1, ADAM_SETTINGS)
      }
    }
  }
}

/** The net before training. A first layer spread over the frame has its zero crossings there. */
function startOf(plan: Pick<Plan, 'seed' | 'firstLayer'>, frame: Frame): Map<string, Float32Array> {
  const tensors = new Map(
    initialTensors(MYSTERY_NET, plan.seed, plan.firstLayer === 'pytorch' ? 'default' : plan.firstLayer),
  )
  const ranges = frame.order === 'xy' ? [frame.x, frame.y] : [frame.y, frame.x]
  if (plan.firstLayer !== 'pytorch') {
    const weight = (tensors.get('dense1.weight') as Float32Array).slice()
    const bias = (tensors.get('dense1.bias') as Float32Array).slice()
    for (let o = 0; o < bias.length; o++)
      ranges.forEach(([from, to], i) => {
        weight[2 * o + i] /= (to - from) / 2
        bias[o] -= (weight[2 * o + i] * (from + to)) / 2
      })
    tensors.set('dense1.weight', weight).set('dense1.bias', bias)
  }
  const scale = outputScale(frame)
  for (const name of ['dense_head.weight', 'dense_head.bias'])
    tensors.set(
      name,
      (tensors.get(name) as Float32Array).map(value => value * scale),
    )
  return tensors
}

function outputScale({ output }: Frame): number {
  return output === 'rgb255' ? 255 : output === 'logit' ? 4 : output === 'rgb11' ? 2 : 1
}

async function flag(code: string, width: number): Promise<RgbImage> {
  return (await loadImage(`node_modules/svg-country-flags/svg/${code}.svg`, { width })).image
}

async function psnrOf(bytes: Uint8Array, frame: Frame, image: RgbImage): Promise<number> {
  const { createNetwork } = await import('../../../src/model/network.js')
  const { foldNetwork } = await import('../../../src/model/fold.js')
  const { Evaluator } = await import('../../../src/kernel/evaluator.js')
  const { inputsOfPixels, samplingOf, wholeFrame } = await import('../../../src/model/view.js')
  const { applyTone, toneOf } = await import('../../../src/model/tone.js')
  const { width, height } = image
  const sampling = samplingOf(frame, wholeFrame(frame), width, height)
  const inputs = inputsOfPixels(new Float64Array(width * height * 2), sampling, frame.order, image, {
    x: 0,
    y: 0,
    width,
    height,
  })
  const rgb = new Evaluator(foldNetwork(createNetwork(StateDict.parse(bytes)))).evaluate(
    new Float32Array(width * height * 3),
    inputs,
  )
  const shown = applyTone(Float64Array.from(rgb), toneOf(frame))
  let sum = 0
  for (let i = 0; i < shown.length; i++) sum += (Math.min(1, Math.max(0, shown[i])) - image.data[i]) ** 2
  return Math.round(1000 * Math.log10(shown.length / sum)) / 100
}
