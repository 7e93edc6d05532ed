// The page under the Content-Security-Policy that `npm start` sends: everything it does is allowed by it, and nothing is said.

import type { Browser } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTENT_POLICY } from '../../src/cli/site/isolation.js'
import { type Site, serveSite } from '../../src/cli/site/site.js'
import { connect, isFull } from '../browser/pages.js'
import { openExplorer } from './explorer-page.js'
import { SMALL, train, tricolour } from './training-page.js'

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

const RECORD_REFUSED = `
  window.refused = [];
  document.addEventListener('securitypolicyviolation', event => {
    window.refused.push(event.violatedDirective + ': ' + event.blockedURI);
  });`

test.each(isFull ? (['cpu', 'webgl'] as const) : (['cpu'] as const))(
  'flags, edits, units, the solver, a training and its film run under it, drawn by %s',
  async renderer => {
    const { page, errors, close } = await openExplorer(browser, {
      site: site.url,
      renderer,
      width: 420,
      height: 360,
      motion: false,
      before: RECORD_REFUSED,
    })
    // That the policy is on at all.
    const inline = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.inline = true'
      document.head.append(script)
      return 'inline' in window
    })
    expect(inline).toBe(false)
    await page.evaluate(async () => {
      const { vexel } = window
      await vexel.settled()
      await vexel.edits.show()
      await vexel.edits.setText('gain:3:1.5')
      await vexel.settled()
      await vexel.edits.show(false)
      await vexel.neurons.open()
      await vexel.neurons.close()
      await vexel.solve()
    })
    const call = { ...SMALL, width: 24, threads: 2, steps: 10, frames: 3 }
    expect(await train(page, tricolour(), 'stripes.png', call)).toBeNull()
    const step = await page.evaluate(async () => {
      const { step } = await window.training.done
      await window.vexel.open(new Blob([(await window.training.film()) as Uint8Array<ArrayBuffer>]))
      await window.vexel.settled()
      return step
    })
    expect(step).toBe(10)
    // That one and no other.
    const refused = await page.evaluate(() => (window as unknown as { refused: string[] }).refused)
    expect(refused).toEqual(['script-src-elem: inline'])
    expect(errors.filter(line => !/inline script/.test(line))).toEqual([])
    await close()
  },
)
