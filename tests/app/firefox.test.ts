// The smoke list in Firefox, spoken to by WebDriver BiDi.

import puppeteer, { type KeyInput } from 'puppeteer'
import { inject } from 'vitest'
import { environmentOf, startDisplay } from '../browser/display.js'
import { collectErrors } from '../browser/pages.js'
import { describeSmoke, type SmokeBrowser } from './smoke.js'

async function openFirefox(executablePath: string): Promise<SmokeBrowser> {
  const display = await startDisplay()
  // Without a display it has no WebGL, and draws on the CPU alone.
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: display === null,
    env: display ? environmentOf(display) : process.env,
    protocolTimeout: 170_000,
  })
  const page = await browser.newPage()
  const errors = collectErrors(page)
  return {
    page,
    goto: async url => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    resize: (width, height) => page.setViewport({ width, height }),
    click: (x, y) => page.mouse.click(x, y),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.down(key as KeyInput)
      for (const key of keys.toReversed()) await page.keyboard.up(key as KeyInput)
    },
    errors: async () => errors.splice(0),
    close: async () => {
      await browser.close()
      display?.close()
    },
  }
}

describeSmoke('Firefox', inject('firefox'), openFirefox, true)
