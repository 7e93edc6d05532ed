// Other nets than MysteryNet learn in the page: chosen beside the length, or like the one that was open, kept by a reload, with the bytes of
// the command line.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { ARCHITECTURE_KEY } from '../../src/model/wiring.js'
import { Film } from '../../src/film/film.js'
import { FAMILIES, familyBytes, familyNetwork } from '../model/family-files.js'
import { dropFiles, KEEP_SAVED, openBytes } from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { StartScreens } from './start-page.js'
import { commandLineNet, press, resultOf, savedFile, SMALL, train, tricolour, untilDone } from './training-page.js'

const screens = new StartScreens()
const pages = new PageOfFile({ renderer: 'cpu', width: 900, height: 560 })

/** What the panel says of the open file. */
const factsOf = (page: Page) => page.$eval('#panel', panel => panel.textContent ?? '')

/** A family's file that says what it is. */
function toldFamily(name: 'sum-of-subnets' | 'siren'): Uint8Array {
  const told = StateDict.parse(familyBytes(name))
  told.setMetadata(ARCHITECTURE_KEY, FAMILIES[name])
  return told.serialize()
}

test('a SIREN chosen beside the length is seen at once, survives a reload, and has the bytes of --architecture siren', async () => {
  const { page, errors, close } = await screens.open({ before: KEEP_SAVED })
  await train(page, tricolour(), 'tricolour.png', { ...SMALL, width: 24, steps: 60, paused: true })
  await page.select('#plan-net', 'siren')
  await page.waitForFunction(() =>
    /opened tricolour.*: sine 30 2-/.test(document.querySelector('#live')?.textContent ?? ''),
  )
  expect(await page.evaluate(() => location.hash)).toMatch(/yours=training-\w+,tricolour/)
  for (let step = 1; step <= 20; step++) await page.evaluate(() => window.training.step())
  await page.evaluate(() => window.training.pause())
  await page.waitForFunction(() => localStorage.getItem('vexel-runs') !== null)
  await page.reload()
  await page.waitForSelector('#app.training')
  await page.waitForFunction(() => document.querySelector('#live')?.textContent?.includes('Resume goes on'))
  if (!(await page.$('#app.panel-open'))) await press(page, 'Details')
  await page.waitForSelector('#train-net')
  expect(await page.$eval('#train-net', select => (select as HTMLSelectElement).value)).toBe('siren')
  await press(page, 'Resume')
  await page.waitForFunction(() => /^#.*yours=[0-9a-f]{16},tricolour/.test(location.hash))
  await press(page, 'Save')
  const file = await savedFile(page, 'tricolour.safetensors')
  expect(Buffer.compare(file, commandLineNet(60, 1, ['--architecture', 'siren']))).toBe(0)
  // The file says it of itself, and so does the page.
  expect(createNetwork(StateDict.parse(file)).architecture.name).toMatch(/^sine 30 2-/)
  expect(await factsOf(page)).toMatch(/sine 30 2-/)
  expect(errors).toEqual([])
  await close()
})

test('a net like the one that was open learns, with its names and the bytes of --like, and its film opens', async () => {
  const { page, errors } = await pages.flag()
  const model = toldFamily('sum-of-subnets')
  expect(await openBytes(page, model)).toBeNull()
  await page.evaluate(() => window.saved.clear())
  expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, width: 24, steps: 40, paused: true })).toBeNull()
  await page.select('#plan-net', 'like')
  await page.waitForFunction(() => document.querySelector('#panel')?.textContent?.includes('sub-networks'))
  await page.evaluate(() => window.training.resume())
  await untilDone(page)
  const file = await resultOf(page)
  expect(
    Buffer.compare(file, commandLineNet(40, 1, ['--like', 'like.safetensors'], { 'like.safetensors': model })),
  ).toBe(0)
  expect(StateDict.parse(file).names.toSorted()).toEqual(StateDict.parse(model).names.toSorted())
  await press(page, 'Save the snapshots')
  const film = await savedFile(page, 'tricolour.film.safetensors')
  expect(Film.parse(film).architecture.layers).toEqual(familyNetwork('sum-of-subnets').architecture.layers)
  await page.evaluate(() => window.training.end())
  expect(await openBytes(page, film)).toBeNull()
  await page.waitForFunction(() => window.vexel.film.steps.length > 1)
  expect(errors).toEqual([])
})

test('a script says it by name, as an object, or by a file; what is no net, or one that cannot be trained, is refused in a line', async () => {
  const { page } = await pages.flag()
  const paused = { ...SMALL, steps: 20, paused: true }
  const begin = (options: object) => train(page, tricolour(), 'tricolour.png', { ...paused, ...options })
  expect(await begin({ architecture: 'siren', like: 'flags/my.safetensors' })).toMatch(/say one of them$/)
  expect(await begin({ architecture: 'sirene' })).toMatch(/^architecture: expected JSON, or one of mystery, siren/)
  expect(await begin({ architecture: { activation: 'relu', widths: [0] } })).toMatch(/^architecture widths: expected/)
  expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/my.safetensors')
  expect(await begin({ architecture: { activation: 'relu', widths: [5, 6], outputs: 1 } })).toBeNull()
  expect(await factsOf(page)).toMatch(/ReLU 2-5-6-1/)
  expect(await begin({ like: 'flags/jp.safetensors' })).toBeNull()
  expect(await factsOf(page)).toMatch(/MysteryNet/)

  // JSON of one's own in the panel.
  await page.waitForSelector('#train-net')
  await page.select('#train-net', '{')
  await page.waitForSelector('#train-architecture')
  const type = async (text: string) =>
    await page.$eval(
      '#train-architecture',
      (area, text) => {
        ;(area as HTMLTextAreaElement).value = text
        area.dispatchEvent(new Event('change', { bubbles: true }))
      },
      text,
    )
  await type('{"activation": "sinus"}')
  await page.waitForFunction(() =>
    /architecture activation: expected one of gelu/.test(
      document.querySelector('#panel [role=alert]:not(:empty)')?.textContent ?? '',
    ),
  )
  await type('{"activation": "tanh", "widths": [7, 7]}')
  await page.waitForFunction(() =>
    /tanh 2-7-7-3, 101 parameters/.test(document.querySelector('#panel')?.textContent ?? ''),
  )
})

test('a net that cannot be trained is listed with the reason, and cannot be chosen', async () => {
  const { page, errors } = await pages.flag()
  // Sub-networks of one layer, which are added up.
  const weight = (name: string) => ({ name, dtype: 'F32' as const, shape: [3, 2], bytes: new Uint8Array(24) })
  const wiring = new Map([[ARCHITECTURE_KEY, '{"activation": "tanh", "join": "sum"}']])
  const flat = StateDict.create([weight('nets.0.0.weight'), weight('nets.1.0.weight')], wiring)
  expect(await openBytes(page, flat.serialize())).toBeNull()
  await dropFiles(page, ['tricolour.png', tricolour()])
  await page.waitForSelector('#plan-net option[value=like]')
  const option = await page.$eval('#plan-net option[value=like]', option => [
    (option as HTMLOptionElement).disabled,
    option.textContent?.trim(),
  ])
  expect(option).toEqual([true, 'like file: nets.*.0: sub-networks of one layer are not trained'])
  expect(errors).toEqual([])
})
