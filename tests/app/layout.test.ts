// The page at sizes between a telephone and a desk: with the panel beside it the picture is narrow, though the page is not.

import { expect, test } from 'vitest'
import { unreachable } from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { SMALL, train, tricolour, untilDone } from './training-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 900, height: 700 })

test('at 900 x 700 every control of a flag, its film, its strip and its units can be pressed beside the open panel', async () => {
  const { page, errors } = await pages.flag()
  expect(await page.$eval('#app', app => app.matches('.panel-open'))).toBe(true)
  expect(await unreachable(page), 'flag').toEqual([])
  await page.evaluate(async () => {
    await window.vexel.film.open()
    await window.vexel.settled()
  })
  expect(await unreachable(page), 'film').toEqual([])
  await page.evaluate(async () => {
    await window.vexel.film.showStrip()
    await window.vexel.settled()
  })
  expect(await unreachable(page), 'strip').toEqual([])
  await page.evaluate(async () => {
    await window.vexel.film.close()
    await window.vexel.neurons.open()
    await window.vexel.settled()
  })
  expect(await unreachable(page), 'units').toEqual([])
  expect(errors).toEqual([])
})

test.each([
  [1280, 800],
  [900, 700],
])('at %i x %i no control of a training is cut off by its narrow picture', async (width, height) => {
  const { page } = await pages.flag(undefined, { width, height })
  expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, width: 24, steps: 5 })).toBeNull()
  await untilDone(page)
  expect(await unreachable(page)).toEqual([])
})
