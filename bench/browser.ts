// A browser for one timing, on a site of its own build.

import type { Browser } from 'puppeteer'
import { type GlBackend, launchBrowser } from '../src/cli/browser/launch.js'

/** Where the timings run. */
export interface Place {
  readonly gl: GlBackend
  /** The built site, ends with a slash. */
  readonly siteUrl: string
  readonly log: (line: string) => void
}

const CLOSE_TIMEOUT_MS = 5000

/** Starts a browser, which is ended whatever becomes of the work in it. */
export async function withBrowser<T>({ gl, log }: Place, work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchBrowser({ gl, install: true, log })
  try {
    return await work(browser)
  } finally {
    // A GPU process that compiles for minutes can keep the browser from closing.
    const isClosed = await within(
      browser.close().then(() => true),
      CLOSE_TIMEOUT_MS,
    )
    if (!isClosed) browser.process()?.kill('SIGKILL')
  }
}

/** Waits for a promise, but not for longer than `timeoutMs`: null then. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), timeoutMs)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
