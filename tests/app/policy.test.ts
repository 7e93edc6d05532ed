// The page under the Content-Security-Policy that `npm start` sends: everything it does is allowed by it, and nothing is said.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTENT_POLICY } from '../../src/cli/site/isolation.js'
import { type Site, serveSite } from '../../src/cli/site/site.js'
import { collectErrors, connect } from '../browser/pages.js'
import { tricolour } from './training-page.js'

let browser: Browser
let site: Site

beforeAll(async () => {
  browser = await connect()
  site = await serveSite('dist', '/policy/', true, (_request, response) => {
    response.setHeader('Content-Security-Policy', CONTENT_POLICY)
    return false
  })
})

afterAll(async () => {
  await browser?.disconnect()
  await site?.close()
})

/** puppeteer's own waiting makes functions of texts, which the policy forbids. */
async function until(page: Page, isSo: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 60_000
  while (!(await page.evaluate(isSo))) {
    if (Date.now() > deadlineMs) throw new Error(`not so after a minute: ${isSo}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test.each(['cpu', 'webgl'])(
  'flags, edits, units, the solver, a training and its film run under it, drawn by %s',
  async renderer => {
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    const errors = collectErrors(page)
    await page.setViewport({ width: 900, height: 600 })
    await page.evaluateOnNewDocument(() => {
      Object.assign(window, { refused: [] as string[] })
      document.addEventListener('securitypolicyviolation', event => {
        ;(window as unknown as { refused: string[] }).refused.push(`${event.violatedDirective}: ${event.blockedURI}`)
      })
    })
    await page.goto(`${site.url}?renderer=${renderer}#samples=1&file=flags/my.safetensors`)
    await until(page, () => 'vexel' in window && window.vexel.state().file !== null)
    // That the policy is on at all.
    const inline = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.inline = true'
      document.head.append(script)
      return 'inline' in window
    })
    expect(inline).toBe(false)
    await page.evaluate(() => window.vexel.settled())
    await page.evaluate(async () => {
      await window.vexel.edits.show()
      await window.vexel.edits.setText('gain:3:1.5')
      await window.vexel.settled()
      await window.vexel.edits.show(false)
      await window.vexel.neurons.open()
      await window.vexel.neurons.close()
      await window.vexel.solve()
    })
    const steps = await page.evaluate(async base64 => {
      const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
      const recipe = { name: 'small', batch: 256 }
      const training = await window.vexel.train(new File([bytes], 'stripes.png'), {
        width: 48,
        recipe,
        threads: 2,
        steps: 30,
        frames: 4,
      })
      const { step } = await training.done
      await window.vexel.open(new Blob([(await training.film()) as Uint8Array<ArrayBuffer>]))
      await window.vexel.settled()
      return step
    }, Buffer.from(tricolour()).toString('base64'))
    expect(steps).toBe(30)
    // That one and no other.
    const refused = await page.evaluate(() => (window as unknown as { refused: string[] }).refused)
    expect(refused).toEqual(['script-src-elem: inline'])
    expect(errors.filter(line => !/inline script/.test(line))).toEqual([])
    await context.close()
  },
)
