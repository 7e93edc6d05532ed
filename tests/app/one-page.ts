// The one page of a file of tests. A page takes seconds to come up and a file in it a tenth of one, so tests share it: each begins with a flag
// that was opened anew, or at the wall, with nothing else open, and no test sees what the one before has left.

import type { Browser, CDPSession, Page } from 'puppeteer'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { connect } from '../browser/pages.js'
import { addressOf, type OpenedPage, openExplorer, type OpenOptions, setMotion, untilReady } from './explorer-page.js'

/** How a test finds the page; what it does not say is as the file has it. */
export interface Situation {
  readonly width?: number
  readonly height?: number
  /** Whether the camera takes its time; else a person wants no motion. */
  readonly motion?: boolean
}

export interface OnePage {
  readonly page: Page
  readonly cdp: CDPSession
  /** What the page threw and what it logged as an error, since the test began. */
  readonly errors: readonly string[]
}

export class PageOfFile {
  #browser: Browser | null = null
  #opened: OpenedPage | null = null

  /**
   * To be made where the tests are described: it lets vitest close the page after them.
   * @param site the address of what serves it, once that is known; default the site of all tests
   */
  constructor(
    private readonly options: OpenOptions = {},
    private readonly site?: () => string,
  ) {
    beforeAll(async () => {
      this.#browser = await connect()
    })
    afterEach(async ({ task }) => {
      // Whatever state it left: the next one gets another page.
      if (task.result?.state === 'fail') await this.#close()
    })
    afterAll(async () => {
      await this.#close()
      await this.#browser?.disconnect()
    })
  }

  /** The browser that the page is in, for further pages. */
  get browser(): Browser {
    return this.#browser as Browser
  }

  /** With a flag open, at its whole view, its own weights, in its own frame. @param file as the address names it */
  async flag(file = 'flags/my.safetensors', situation: Situation = {}): Promise<OnePage> {
    if (!this.#opened) return await this.link(`#samples=1&file=${file}`, situation)
    return await this.#begin(this.#opened, situation, file)
  }

  /** At the wall, all of it in view. */
  async wall(situation: Situation = {}): Promise<OnePage> {
    if (!this.#opened) return await this.link('#samples=1', situation)
    return await this.#begin(this.#opened, situation, null)
  }

  /** Loaded anew, by a link. @param hash of the link */
  async link(hash: string, situation: Situation = {}): Promise<OnePage> {
    const options: OpenOptions = { site: this.site?.(), ...this.options, motion: false, ...situation, hash }
    if (!this.#opened) {
      this.#opened = await openExplorer(this.browser, options)
      return this.#opened
    }
    const { page, errors } = this.#opened
    await this.#resize(page, situation)
    await setMotion(page, options.motion ?? false)
    // From elsewhere: an address that differs in its hash alone loads nothing.
    await page.goto('about:blank')
    errors.length = 0
    await page.goto(addressOf(options))
    await untilReady(page, options.wait)
    return this.#opened
  }

  async #begin(opened: OpenedPage, situation: Situation, file: string | null): Promise<OnePage> {
    const { page, errors } = opened
    await setMotion(page, false)
    await this.#resize(page, situation)
    await page.mouse.move(0, 0)
    const found = await page.evaluate(async file => {
      const { vexel } = window
      try {
        await window.training?.end()
      } catch {
        // It has ended already.
      }
      document.querySelector<HTMLDialogElement>('dialog[open]')?.close()
      await vexel.edits.show(false)
      // They are kept for the visit, and would be there when the flag is entered again.
      if (vexel.edits.text !== '') vexel.edits.reset()
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      if (file === null) await vexel.wall.home()
      else await vexel.open(file)
      await vexel.settled()
      for (const button of document.querySelectorAll<HTMLElement>('.message button')) button.click()
      return vexel.state().file
    }, file)
    expect(found).toBe(file)
    if (situation.motion) await setMotion(page, true)
    errors.length = 0
    return opened
  }

  async #resize(page: Page, situation: Situation): Promise<void> {
    const { width = 240, height = 180, touch: isMobile = false } = { ...this.options, ...situation }
    const now = page.viewport()
    if (now?.width === width && now.height === height && (now.deviceScaleFactor ?? 1) === 1) return
    await page.setViewport({ width, height, isMobile, hasTouch: isMobile })
  }

  async #close(): Promise<void> {
    await this.#opened?.close()
    this.#opened = null
  }
}
