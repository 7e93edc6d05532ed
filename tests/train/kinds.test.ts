// Training nets of other kinds than the olympiad's: what is asked for, how it begins, that it goes on exactly, and that what is made
// opens again as what was trained.

import { describe, expect, test } from 'vitest'
import { Film } from '../../src/film/film.js'
import { type Architecture, countParameters, MYSTERY_NET } from '../../src/model/architecture.js'
import { BLUEPRINT_NAMES, parseBlueprint, parseBlueprintText } from '../../src/model/blueprint.js'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { decodeCheckpoint, digestOf, encodeCheckpoint } from '../../src/train/checkpoint.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { networkTensors } from '../../src/train/network-tensors.js'
import { pictureStatistics, rememberPicture } from '../../src/train/remember.js'
import { plainTarget } from '../../src/train/target.js'
import { train } from '../../src/train/train.js'
import { Trainer } from '../../src/train/trainer.js'
import { isFull } from '../is-full.js'
import { largest, largestDifference, randomParameters } from '../kernel/training-cases.js'
import { discImage, outcomeOf, runToEnd, smallSettings, startLocal } from './run-fixture.js'

const SMALL = {
  siren: { activation: { kind: 'sine', frequency: 10 }, widths: [12, 10] },
  'Fourier features with batch norm': {
    activation: 'relu',
    encoding: { kind: 'fourier', count: 6, deviation: 1 },
    widths: [10, 9],
    norms: [1],
  },
  'octaves, sub-networks side by side, grey': {
    activation: 'silu',
    encoding: { kind: 'octaves', count: 2 },
    nets: 3,
    widths: [6, 5],
    join: 'concat',
    trunk: [7],
    outputs: 1,
  },
  'sub-networks added up, with an opacity': {
    activation: 'tanh',
    nets: 2,
    widths: [7, 6],
    outputs: 4,
    output: 'sigmoid',
  },
} as const

const image = discImage()

describe('a blueprint', () => {
  test.each(BLUEPRINT_NAMES)('%s is a name, of a net of about as many parameters as MysteryNet has', name => {
    const count = countParameters(parseBlueprintText(name))
    expect(count).toBeLessThanOrEqual(countParameters(MYSTERY_NET))
    expect(count).toBeGreaterThan(0.9 * countParameters(MYSTERY_NET))
  })

  test('of the olympiad is its class', () => expect(parseBlueprint('mystery')).toBe(MYSTERY_NET))

  test.each([
    [{ activation: 'relu', widths: [] }, 'architecture widths: expected at least one'],
    [{ activation: 'relu', widths: [0] }, 'architecture widths: expected a whole number from 1 to 1024'],
    [{ activation: 'relu', widths: 'many' }, 'architecture widths: expected a list of at most 64 widths'],
    [{ activation: 'relu', outputs: 2 }, 'architecture outputs: expected 1, 3 or 4'],
    [{ activation: 'relu', norms: [5] }, 'architecture norms: expected numbers of hidden layers, from 1 to 4'],
    [{ activation: 'relu', nets: 2, norms: true }, 'architecture norms: batch norm beside sub-networks'],
    [{ activation: 'relu', trunk: [4] }, 'architecture trunk: it stands behind sub-networks'],
    [{ activation: 'relu', parameters: 3 }, 'architecture parameters: 3 are too few'],
    [{ activation: 'relu', width: 4 }, 'architecture: width is not known'],
    [{ widths: [4] }, 'architecture: expected an activation'],
    ['nothing', 'architecture: expected a JSON object'],
  ])('%j is refused in a line', (json, line) => {
    expect(() => parseBlueprint(json)).toThrow(FormatError)
    expect(() => parseBlueprint(json)).toThrow(line)
  })
})

describe('the first weights', () => {
  const deviationOf = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length)
  const drawn = (json: unknown, name: string) => initialTensors(parseBlueprint(json), 3, 8).get(name)!

  test('in front of a sine are those of SIREN, however wide the recipe draws a first layer', () => {
    const json = { activation: { kind: 'sine', frequency: 30 }, widths: [96, 96] }
    expect(largest(drawn(json, 'net.0.weight'))).toBeLessThanOrEqual(0.5)
    expect(deviationOf(drawn(json, 'net.0.weight'))).toBeCloseTo(0.5 / Math.sqrt(3), 1)
    // The argument of the second sine, of inputs that are sines of 1 / 2 in the mean square, is of variance 1.
    expect(30 * deviationOf(drawn(json, 'net.2.weight')) * Math.sqrt(96 / 2)).toBeCloseTo(1, 1)
    expect(largest(drawn(json, 'net.4.weight'))).toBeLessThanOrEqual(Math.sqrt(6 / 96) / 30)
  })

  test("in front of ReLU are He's, but where there is batch norm PyTorch's", () => {
    const json = { activation: 'relu', widths: [96, 96] }
    expect(deviationOf(drawn(json, 'net.2.weight')) / Math.sqrt(2 / 96)).toBeCloseTo(1, 1)
    const deviation = deviationOf(drawn({ ...json, norms: true }, 'net.3.weight'))
    expect(deviation / Math.sqrt(1 / 3 / 96)).toBeCloseTo(1, 1)
  })

  test('of frequencies are normal, of the deviation that is asked for', () => {
    const json = { activation: 'relu', encoding: { kind: 'fourier', count: 500, deviation: 3 } }
    expect(deviationOf(drawn(json, 'B')) / 3).toBeCloseTo(1, 1)
  })
})

describe.each(Object.entries(SMALL))('a net of %s', (_, json) => {
  const architecture: Architecture = parseBlueprint(json)
  const start = (settings: Parameters<typeof smallSettings>[0], state?: Parameters<typeof Trainer.start>[4]) =>
    Trainer.start(architecture, smallSettings(settings), plainTarget(image), startLocal, state)

  test('goes on from a checkpoint as if it had never stopped, with two starts, two replicas and a film', async () => {
    const settings = { steps: isFull ? 300 : 90, starts: 2, threads: 2, frames: 4 }
    const once = await outcomeOf(await runToEnd(await start(settings)))
    let trainer = await start(settings)
    while (!trainer.progress.isDone) {
      await trainer.advance(17)
      const state = await trainer.state()
      const checkpoint = {
        architecture,
        settings: smallSettings(settings),
        state,
        imageDigest: digestOf(image),
        seconds: 0,
      }
      const read = decodeCheckpoint(encodeCheckpoint(checkpoint, image))
      expect(read.architecture.layers).toEqual(architecture.layers)
      trainer = await Trainer.start(read.architecture, read.settings, plainTarget(image), startLocal, read.state)
    }
    expect(await outcomeOf(trainer)).toEqual(once)
  })

  test('becomes better, and is told by its file: network and film open again as what was trained', async () => {
    const { network, film, progress } = await train(image, { steps: 500, architecture, frames: 3 })
    // The picture is 13.5 dB from its mean colour, and 12.1 from the best grey of each pixel.
    expect(progress.psnr).toBeGreaterThan('outputs' in json && json.outputs === 1 ? 12 : 14)
    const opened = createNetwork(StateDict.parse(network.serialize()))
    expect(opened.architecture.layers).toEqual(architecture.layers)
    expect(opened.warnings).toEqual([])
    expect(Film.parse(film!.serialize()).architecture.layers).toEqual(architecture.layers)
  })
})

test('batch norm on either side of a function, and of the inputs, remembers the picture, and the function stays', () => {
  const norm = (name: string, dim: number) => ({ kind: 'batchNorm', name, dim, eps: 1e-5 }) as const
  const architecture: Architecture = {
    name: 'norms',
    layers: [
      norm('n0', 2),
      { kind: 'linear', name: 'a', inDim: 2, outDim: 6 },
      norm('n1', 6),
      { kind: 'tanh', name: 'a.tanh', dim: 6 },
      norm('n2', 6),
      { kind: 'linear', name: 'b', inDim: 6, outDim: 3 },
      norm('n3', 3),
    ],
  }
  const tensors = randomParameters(architecture, 5)
  const size = { width: 24, height: 16 }
  const remembered = rememberPicture(architecture, tensors, size)
  const points = Float64Array.from({ length: 60 }, (_, i) => Math.sin(7 * i))
  const outputs = (own: typeof remembered) =>
    evaluateFolded(new Float64Array(90), foldNetwork(networkFromTensors(architecture, own)), points)
  expect(largestDifference(outputs(remembered), outputs(tensors))).toBeLessThan(1e-5)
  // The columns' middles are even from -1 to 1: their variance, unbiased over all pixels.
  const [inputs] = pictureStatistics(architecture, remembered, size)!
  expect(inputs.mean[0]).toBeCloseTo(0, 6)
  expect(inputs.variance[0]).toBeCloseTo((((24 * 24 - 1) / (3 * 24 * 24)) * 384) / 383, 5)
  for (const { name, mean, variance } of pictureStatistics(architecture, remembered, size)!) {
    expect(largestDifference(mean, remembered.get(`${name}.running_mean`)!)).toBeLessThan(1e-5)
    expect(largestDifference(variance, remembered.get(`${name}.running_var`)!)).toBeLessThan(1e-5)
  }
})

test('a matrix that the file has turned over is written turned over', () => {
  const { layers } = parseBlueprint(SMALL['Fourier features with batch norm'])
  const [matrix, ...others] = layers
  const turned = { name: 'turned', layers: [{ ...matrix, isTransposed: true }, ...others] } as Architecture
  const tensors = randomParameters(turned, 6)
  const written = StateDict.create(networkTensors(turned, tensors, 1))
  expect(written.entry('B').shape).toEqual([2, 6])
  expect(written.values('B')[1]).toBe(tensors.get('B')![2])
})
