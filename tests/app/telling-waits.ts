// A wait that ends in vain tells where the page was: on another machine nobody can look at it any more.

import type { Page } from 'puppeteer'

// Against hanging alone: on a machine that is busy with something else half a minute was too little now and then.
const PATIENCE_MS = 60_000

/** Lets a page's waits take their time, and tell, when they give up, what the explorer shows and whether it still draws. */
export function beUnhurried(page: Page): void {
  page.setDefaultTimeout(PATIENCE_MS)
  for (const name of ['waitForFunction', 'waitForSelector'] as const) {
    const wait = page[name].bind(page) as (...args: unknown[]) => Promise<unknown>
    Object.defineProperty(page, name, {
      value: async (...args: unknown[]) => {
        try {
          return await wait(...args)
        } catch (error) {
          if (error instanceof Error && !page.isClosed())
            error.message += `: ${String(args[0]).slice(0, 120)}; the page is at ${await whereabouts(page)}`
          throw error
        }
      },
    })
  }
}

async function whereabouts(page: Page): Promise<string> {
  const told = page.evaluate(async () => {
    const startedMs = performance.now()
    await Promise.race([
      new Promise(resolve => requestAnimationFrame(resolve)),
      new Promise(resolve => setTimeout(resolve, 2000)),
    ])
    const text = (selector: string) => document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim()
    return {
      hash: location.hash,
      entries: history.length,
      title: document.title,
      visible: document.visibilityState,
      frameMs: performance.now() - startedMs,
      camera: window.vexel?.camera,
      readout: text('.readout'),
      messages: text('#live'),
      hovered: document.querySelectorAll('#stage:hover').length,
    }
  })
  const late = new Promise<string>(resolve => setTimeout(resolve, 10_000, 'nowhere: it does not answer'))
  return await Promise.race([told.then(state => JSON.stringify(state)), late]).catch(String)
}
