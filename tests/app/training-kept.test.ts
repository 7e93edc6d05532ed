// Nobody loses a training: it goes on while one looks at other things, another picture waits or asks, and what is finished stays. From the start
// screen, by drops and clicks.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { isFull } from '../browser/pages.js'
import { expectAccessible } from './axe.js'
import { dropFiles, KEEP_SAVED, settledPixels } from './explorer-page.js'
import { clickFlag, StartScreens, untilOpen, untilReady } from './start-page.js'
import { commandLineNet, figure, press, savedFile, SMALL, train, tricolour, untilStep } from './training-page.js'

const screens = new StartScreens()

/** Types a length and starts. */
async function start(page: Page, steps: number): Promise<void> {
  await page.waitForSelector('#app.training')
  if (!(await page.$('#app.panel-open'))) await press(page, 'Details')
  await page.waitForSelector('#train-length')
  await page.select('[aria-label="Unit of the length"]', 'steps')
  await page.$eval('#train-length', field => field.scrollIntoView({ block: 'center' }))
  await page.click('#train-length', { count: 3 })
  await page.type('#train-length', String(steps))
  await page.keyboard.press('Tab')
  await press(page, 'Start')
}

async function toWall(page: Page): Promise<void> {
  await press(page, 'All flags')
  await page.waitForSelector('#app.wall')
  await page.evaluate(() => window.vexel.settled())
}

const chipText = (page: Page) => page.$eval('.training-chip span', chip => chip.textContent ?? '')

test('a training that is left has a chip on every screen, one click leads back, and so does Back', async () => {
  const { page, errors, close } = await screens.open()
  await dropFiles(page, ['logo.png', tricolour()])
  await start(page, 1_000_000)
  await page.waitForFunction(() => /training/.test(document.querySelector('.figures')?.textContent ?? ''))
  await toWall(page)
  await page.waitForFunction(() =>
    /^Training logo · \d+ % · \d+ dB, [a-z ]+$/.test(document.querySelector('.training-chip span')?.textContent ?? ''),
  )
  await clickFlag(page, 'jp')
  await untilOpen(page, 'flags/jp.safetensors')
  expect(await chipText(page)).toMatch(/^Training logo/)
  await page.click('.training-chip')
  await page.waitForSelector('#app.training')
  expect(await page.$('.training-chip')).toBeNull()
  // Back and forward go between the flag and the training.
  await page.goBack()
  await untilOpen(page, 'flags/jp.safetensors')
  await page.waitForSelector('.training-chip')
  await page.goForward()
  await page.waitForSelector('#app.training')
  await press(page, 'Pause')
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)(
  'finished while one looks at a flag, a net is on the wall for the visit, and nothing moved meanwhile',
  async () => {
    const { page, errors, close } = await screens.open()
    await dropFiles(page, ['logo.png', tricolour()])
    await start(page, 3000)
    await toWall(page)
    await clickFlag(page, 'my')
    await untilOpen(page, 'flags/my.safetensors')
    if (await page.$('#app.panel-open')) await press(page, 'Hide details')
    const before = await settledPixels(page)
    await page.waitForFunction(() =>
      document.querySelector('.training-chip span')?.textContent?.startsWith('Trained logo'),
    )
    const after = await settledPixels(page)
    expect(Buffer.compare(Buffer.from(after.data), Buffer.from(before.data))).toBe(0)
    await page.focus('#stage')
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
    await page.waitForFunction(() =>
      window.vexel.wall.flags.some(({ code, state }) => code === 'logo' && state === 'ready'),
    )
    await page.evaluate(() => window.vexel.settled())
    await clickFlag(page, 'logo')
    await page.waitForFunction(() => window.vexel.state().yours?.endsWith(',logo'))
    expect(errors).toEqual([])
    await close()
  },
)

/** Waits until the browser has kept a training. */
const untilKept = (page: Page) => page.waitForFunction(() => localStorage.getItem('vexel-runs') !== null)

test('a reload loses no training: it is there again, paused where it was, and ends with the bytes of one that was never interrupted', async () => {
  const { page, errors, close } = await screens.open({ before: KEEP_SAVED })
  await train(page, tricolour(), 'tricolour.png', { ...SMALL, width: 24, steps: 60, paused: true })
  for (let step = 1; step <= 20; step++) await page.evaluate(() => window.training.step())
  await page.evaluate(() => window.training.pause())
  await untilKept(page)
  expect(await page.evaluate(() => location.hash)).toMatch(/yours=training-\w+,tricolour/)
  await page.reload()
  await page.waitForSelector('#app.training')
  await page.waitForFunction(() => document.querySelector('#live')?.textContent?.includes('Resume goes on'))
  expect(await figure(page, 'Step')).toMatch(/^20\b/)
  await press(page, 'Resume')
  await page.waitForFunction(() => /^#.*yours=[0-9a-f]{16},tricolour/.test(location.hash))
  await press(page, 'Save')
  expect(Buffer.compare(await savedFile(page, 'tricolour.safetensors'), commandLineNet(60, 1))).toBe(0)
  // What is finished is not offered again.
  await page.waitForFunction(() => localStorage.getItem('vexel-runs') === null)
  expect(errors).toEqual([])
  await close()
})

test('from the start screen a training that ended with its page is gone on with by one click, or discarded', async () => {
  const { page, errors, close } = await screens.open()
  await train(page, tricolour(), 'logo.png', { ...SMALL, steps: 1_000_000 })
  await untilStep(page, 30)
  await page.evaluate(() => window.training.pause())
  await untilKept(page)
  await page.goto(`${screens.url}#samples=1`)
  await page.reload()
  await untilReady(page)
  await page.waitForSelector('.kept-run')
  expect(await chipText(page)).toMatch(/^Resume logo · 0 %/)
  await expectAccessible(page, 'the offer', '#training-chip')
  await page.click('.kept-run .training-chip')
  await page.waitForSelector('#app.training')
  await page.waitForFunction(() => /training/.test(document.querySelector('.figures')?.textContent ?? ''))
  await press(page, 'Pause')
  await untilKept(page)
  await page.goto(`${screens.url}#samples=1&sort=hue`)
  await page.reload()
  await page.waitForSelector('.kept-run')
  page.once('dialog', dialog => void dialog.accept())
  await page.click('.kept-run button:last-child')
  await page.waitForFunction(() => !document.querySelector('#training-chip button'))
  await page.reload()
  await untilReady(page)
  expect(await page.$('#training-chip button')).toBeNull()
  expect(errors).toEqual([])
  await close()
})

test('a second picture asks: cancelled nothing changes, next it waits for its turn, keeping hangs the first on the wall', async () => {
  const { page, errors, close } = await screens.open()
  await dropFiles(page, ['logo.png', tricolour()])
  await start(page, 1_000_000)
  await page.waitForFunction(() => /\d:\d\d/.test(document.querySelector('.figures')?.textContent ?? ''))
  // Whoever has waited for it is asked.
  await new Promise(resolve => setTimeout(resolve, 6000))
  await dropFiles(page, ['other.png', tricolour()])
  await page.waitForSelector('dialog.ask')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('dialog.ask'))
  expect(await page.title()).toMatch(/^logo/)
  await dropFiles(page, ['other.png', tricolour()])
  const answer = async (value: string) => {
    const button = await page.waitForSelector(`dialog.ask button[value=${value}]`)
    await button?.click()
    await page.waitForFunction(() => !document.querySelector('dialog.ask'))
  }
  await answer('next')
  await page.waitForFunction(() => document.querySelector('#panel .facts')?.textContent?.includes('other.png'))
  expect(await page.title()).toMatch(/^logo/)
  await dropFiles(page, ['third.png', tricolour()])
  await answer('keep')
  await page.waitForFunction(() => document.title.startsWith('third'))
  await press(page, 'All flags')
  await page.waitForFunction(() => window.vexel.wall.flags.some(({ code }) => code === 'logo'))
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)('images dropped together are trained one after the other', async () => {
  const { page, errors, close } = await screens.open()
  await page.evaluate(async base64 => {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
    const transfer = new DataTransfer()
    for (const name of ['one.png', 'two.png']) transfer.items.add(new File([bytes], name))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, Buffer.from(tricolour()).toString('base64'))
  await start(page, 200)
  await page.waitForFunction(() => document.title.startsWith('two'))
  await press(page, 'All flags')
  await page.waitForFunction(() => window.vexel.wall.flags.some(({ code }) => code === 'one'))
  expect(errors).toEqual([])
  await close()
})
