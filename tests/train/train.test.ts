// Training by one call, as somebody does who has the package.

import { expect, test } from 'vitest'
import { Film } from '../../src/film/film.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { readFrame } from '../../src/model/summary.js'
import { RECIPES, train } from '../../src/train/index.js'
import { psnrOf } from '../../src/train/metrics.js'
import { drawNetwork } from '../../src/train/network-picture.js'
import { discImage } from './run-fixture.js'

const direct = RECIPES.find(({ name }) => name === 'direct')
const recipe = direct && { ...direct, batch: 96 }

test('one call learns an image, tells how far it is, and keeps the film; the same call gives the same file', async () => {
  const image = discImage()
  const steps: number[] = []
  const call = () => train(image, { steps: 120, recipe, frames: 4, onProgress: ({ step }) => void steps.push(step) })
  const { network, film, progress } = await call()
  const drawn = drawNetwork(foldNetwork(createNetwork(network)), readFrame(network).frame, image)
  expect(psnrOf(drawn, image)).toBeGreaterThan(15)
  expect(Film.parse(film?.serialize() as Uint8Array).steps.at(-1)).toBe(120)
  expect(progress).toMatchObject({ isDone: true, step: 120 })
  expect(steps.at(-1)).toBe(120)
  expect(Buffer.compare((await call()).network.serialize(), network.serialize())).toBe(0)
})

test('a run ends where it is told to, and what makes no run is refused in one line', async () => {
  const { progress, film } = await train(discImage(), { steps: 5000, recipe, onProgress: () => false })
  expect(progress.isDone).toBe(false)
  expect(film).toBeNull()
  await expect(train(discImage(), { steps: 0 })).rejects.toThrow('steps: expected a whole number above 0, got 0')
  const short = { ...discImage(), data: new Float32Array(3) }
  await expect(train(short, { steps: 1 })).rejects.toThrow('image: expected 1152 values, got 3')
})
