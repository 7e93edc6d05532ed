// The shader's variants, each in a page load of bench.html and a browser of its own: a variant that compiles for
// minutes, or takes the GL context with it, costs no other its figure, and no compiler finds its work done in a cache.

import { type Place, within, withBrowser } from './browser.js'
import type { Contender, Round } from './contender.js'
import type { GpuBenchReport } from './gpu/measure.js'
import { DEFAULT_VARIANT, VARIANTS } from './gpu/variants.js'
import { serveReports } from './report-server.js'

type PageReport = GpuBenchReport | { readonly failure: string }

const TIMEOUT_S = 100

/** Lists a contender for each variant of the shader. */
export function createGpuVariants(place: Place): Contender[] {
  return VARIANTS.map(({ name }) => ({
    name: `shader: ${name}`,
    round: () => measureVariant(place, name),
  }))
}

async function measureVariant(place: Place, name: string): Promise<Round> {
  const report = await runPage(place, name)
  if (!report) return { megapixelsPerSecond: null, note: `compiles for more than ${TIMEOUT_S} s` }
  if ('failure' in report) return { megapixelsPerSecond: null, note: report.failure }
  const result = report.variants.find(variant => variant.name === name)
  if (!result || result.megapixelsPerSecond === null)
    return { megapixelsPerSecond: null, note: result?.failure ?? 'the page knows no such variant' }
  const compiled = `ready in ${Math.round(result.compileMs ?? 0)} ms`
  return {
    megapixelsPerSecond: result.megapixelsPerSecond,
    note: name === DEFAULT_VARIANT ? `the default; ${compiled}` : compiled,
  }
}

/** Opens bench.html on one variant; null when it has not reported in time. */
async function runPage(place: Place, name: string): Promise<PageReport | null> {
  const reports = await serveReports()
  try {
    return await withBrowser(place, async browser => {
      const page = await browser.newPage()
      const query = new URLSearchParams({ only: name, report: reports.url })
      const body = reports.next()
      await page.goto(`${place.siteUrl}bench.html?${query}`)
      const text = await within(body, TIMEOUT_S * 1000)
      return text === null ? null : (JSON.parse(text) as PageReport)
    })
  } finally {
    await reports.close()
  }
}
