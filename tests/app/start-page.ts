// The start screen over a small wall of three flags, without motion: what people do from there.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll } from 'vitest'
import type { Site } from '../../src/cli/site/site.js'
import { collectErrors, connect } from '../browser/pages.js'
import { setMotion } from './explorer-page.js'
import { serveOracleWall } from './oracle-wall.js'
import { beUnhurried } from './telling-waits.js'

export interface StartScreen {
  readonly page: Page
  /** What the page threw and what it logged as an error. */
  readonly errors: readonly string[]
  readonly close: () => Promise<void>
}

interface StartOptions {
  readonly width?: number
  readonly height?: number
  /** Whether the camera flies. */
  readonly motion?: boolean
  /** Runs in the page before anything of it. */
  readonly before?: string
}

/** The start screens of a file of tests. To be made where the tests are described: it lets vitest begin and end what serves them. */
export class StartScreens {
  #browser: Browser | null = null
  #site: Site | null = null

  constructor() {
    beforeAll(async () => {
      this.#browser = await connect()
      this.#site = await serveOracleWall('/start/')
    })
    afterAll(async () => {
      await this.#browser?.disconnect()
      await this.#site?.close()
    })
  }

  /** The page's address, without what it names. */
  get url(): string {
    return `${this.#site?.url}?renderer=cpu&solve=no`
  }

  /** Opens one in a context of its own. */
  async open({ width = 1000, height = 640, motion = false, before = '' }: StartOptions = {}): Promise<StartScreen> {
    const context = await (this.#browser as Browser).createBrowserContext()
    const page = await context.newPage()
    const errors = collectErrors(page)
    beUnhurried(page)
    await page.setViewport({ width, height })
    if (!motion) await setMotion(page, false)
    if (before) await page.evaluateOnNewDocument(before)
    await page.goto(`${this.url}#samples=1`)
    await untilReady(page)
    return { page, errors, close: () => context.close() }
  }
}

export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(() => 'vexel' in window)
  await page.evaluate(() => window.vexel.ready)
  await page.evaluate(() => window.vexel.settled())
}

/** Waits until a file is open, or the wall is seen. */
export async function untilOpen(page: Page, file: string | null): Promise<void> {
  await page.waitForFunction(file => window.vexel.state().file === file, {}, file)
}

/** Clicks a flag where it hangs. */
export async function clickFlag(page: Page, code: string): Promise<void> {
  const [x, y] = await page.evaluate(code => {
    const flag = window.vexel.wall.flags.find(flag => flag.code === code)
    if (!flag) throw new Error(`no flag ${code}`)
    const stage = (document.querySelector('#stage') as Element).getBoundingClientRect()
    const { box } = flag
    return [stage.x + box.x + box.width / 2, stage.y + box.y + box.height / 2] as const
  }, code)
  await page.mouse.click(x, y)
}

/** Opens the panel of parameters by its key and changes some by the wheel over its first cells. @param notches one after the other */
export async function editByWheel(page: Page, notches = 6): Promise<void> {
  await page.focus('#stage')
  await page.keyboard.press('e')
  const canvas = await page.waitForSelector('#scrub [data-block="8"] canvas')
  await canvas?.scrollIntoView()
  const box = await canvas?.boundingBox()
  if (!box) throw new Error('the cells have no place')
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2)
  for (let i = 0; i < notches; i++) {
    await page.mouse.wheel({ deltaY: -400 })
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))
  }
  await page.waitForFunction(() => window.vexel.edits.text !== '')
}
