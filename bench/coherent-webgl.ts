// Coherent pictures by WebGL: a page load of bench.html for each net.

import { type Place, within, withBrowser } from './browser.js'
import type { CoherentPicture } from './gpu/coherent-pictures.js'
import type { View } from '../src/model/view.js'
import { serveReports } from './report-server.js'

/** On software GL a picture of every pixel takes seconds, and there are two of each view. */
const TIMEOUT_S = 600

/** @param bytes of a net's file */
export async function measureByWebgl(
  place: Place,
  bytes: Uint8Array,
  views: readonly View[],
): Promise<readonly CoherentPicture[]> {
  const reports = await serveReports()
  try {
    return await withBrowser(place, async browser => {
      const page = await browser.newPage()
      const query = new URLSearchParams({ coherent: '', report: reports.url })
      const what = JSON.stringify({ net: Buffer.from(bytes).toString('base64'), views })
      const body = reports.next()
      await page.goto(`${place.siteUrl}bench.html?${query}#${encodeURIComponent(what)}`)
      const text = await within(body, TIMEOUT_S * 1000)
      if (text === null) throw new Error(`coherent pictures by WebGL took more than ${TIMEOUT_S} s`)
      const report = JSON.parse(text) as readonly CoherentPicture[] | { readonly failure: string }
      if ('failure' in report) throw new Error(`coherent pictures by WebGL: ${report.failure}`)
      return report
    })
  } finally {
    await reports.close()
  }
}
