// The smoke list in WebKit, as GNOME's browsers have it: behind VEXEL_WEBKIT=1, and part of the full suite where it can be installed.

import { inject } from 'vitest'
import { environmentOf, startDisplay } from '../browser/display.js'
import type { Evaluating } from '../browser/pages.js'
import { WebDriver } from '../browser/webdriver.js'
import { describeSmoke, type SmokeBrowser } from './smoke.js'

/** In the page: keeps what it throws and logs. Nothing can be put there before the page's own scripts. */
function keepErrors(): void {
  const kept: string[] = []
  Object.assign(window, { keptErrors: kept })
  addEventListener('error', ({ message }) => kept.push(message))
  addEventListener('unhandledrejection', ({ reason }) => kept.push(String(reason)))
  const { error } = console
  console.error = (...args: unknown[]) => {
    kept.push(args.join(' '))
    error(...args)
  }
}

async function openWebkit(driverPath: string): Promise<SmokeBrowser> {
  const display = await startDisplay()
  if (!display) throw new Error('WebKit: there is no Xvfb')
  // Its language is that of the locale, and C is none.
  const env = { ...environmentOf(display), LANG: 'en_US.UTF-8', LC_ALL: undefined }
  const driver = await WebDriver.start(driverPath, env, { browserName: 'MiniBrowser' })
  const evaluate = ((work: string, ...args: unknown[]) => driver.evaluate(work, ...args)) as Evaluating['evaluate']
  return {
    page: { evaluate },
    goto: async url => {
      await driver.command('POST', '/url', { url })
      await driver.evaluate(keepErrors)
    },
    reload: async () => {
      await driver.command('POST', '/refresh', {})
      await driver.evaluate(keepErrors)
    },
    resize: async (width, height) => {
      // The window's own size, of which its bar takes some.
      await driver.command('POST', '/window/rect', { width, height: height + 38 })
    },
    click: (x, y) => driver.click(x, y),
    press: (...keys) => driver.press(...keys),
    errors: () => evaluate(() => (window as unknown as { keptErrors: string[] }).keptErrors.splice(0)),
    close: async () => {
      await driver.close()
      display.close()
    },
  }
}

// Its own VideoEncoder crashes the engine.
describeSmoke('WebKit', inject('webkitDriver'), openWebkit, false)
