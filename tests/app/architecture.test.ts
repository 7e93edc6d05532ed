// A file that does not say what stands between its layers: the page asks, by pictures, and a link answers.

import { expect, test } from 'vitest'
import { traceNetwork } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { ARCHITECTURE_KEY } from '../../src/model/wiring.js'
import { familyBytes, familyNetwork } from '../model/family-files.js'
import { dropFiles, expectPictureOf } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu' })

test('a SIREN is asked about, drawn as it was answered, and Escape leaves what was open', async () => {
  const { page, errors } = await pages.flag(undefined, { width: 480, height: 360 })
  const bytes = familyBytes('siren')
  await dropFiles(page, ['siren.safetensors', bytes])
  await page.waitForSelector('dialog.architecture[open] canvas')
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog.architecture', { hidden: true })
  await page.waitForFunction(() =>
    /does not say what stands between/.test(document.querySelector('.message')?.textContent ?? ''),
  )
  expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/my.safetensors')

  await dropFiles(page, ['siren.safetensors', bytes])
  await page.waitForSelector('dialog.architecture[open] canvas')
  expect(await page.$eval('dialog.architecture .answers button', button => button.textContent?.trim())).toBe('sine 30')
  await page.click('dialog.architecture .answers button')
  await page.waitForFunction(() => document.title.startsWith('siren'))
  const told = StateDict.parse(bytes)
  told.setMetadata(ARCHITECTURE_KEY, 'siren')
  await expectPictureOf(page, told.serialize())
  // It is looked into like any plain chain.
  const argument = await page.evaluate(async () => {
    const { neurons } = window.vexel
    await neurons.open({ stage: 'pre' })
    neurons.point = { x: 0.3, y: -0.2 }
    return [...neurons.activations('pre')[0]][5]
  })
  expect(argument).toBeCloseTo(30 * traceNetwork(familyNetwork('siren'), 0.3, -0.2)[0].values[5], 9)
  expect(await page.$eval('.neuron-bar select', select => select.textContent)).toContain('before sine')
  expect(errors).toEqual([])
})

test('a script tells it, or is told what is missing', async () => {
  const { page } = await pages.flag()
  const answers = await page.evaluate(
    async base64 => {
      const file = new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))])
      const missing = await window.vexel.open(file).catch((error: Error) => error.message)
      await window.vexel.open(file, { architecture: 'tanh-radius' })
      const { maxAbs } = await window.vexel.prove({ width: 48 })
      // What knows plain chains alone is not offered, in words.
      const tools = document.querySelectorAll('.scrub-button, .inside, .why-button').length
      const words = document.querySelector('#panel')?.textContent ?? ''
      return { missing, maxAbs, tools, words }
    },
    Buffer.from(familyBytes('tanh-radius')).toString('base64'),
  )
  expect(answers.missing).toMatch(/^file: the file does not say what stands between its layers \(linear 3-32-32-32-3\)/)
  expect(answers.maxAbs).toBeLessThan(2e-4)
  expect(answers.tools).toBe(0)
  expect(answers.words).toMatch(/looking inside and explaining colours know plain chains/)
})
