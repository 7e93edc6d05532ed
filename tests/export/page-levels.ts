// What a page that is one file shows.

import type { Page } from 'puppeteer'

/** The picture at rest, [height * width, 3] levels. @throws what stands in its place */
export async function levelsOf(page: Page): Promise<number[]> {
  await page.waitForSelector('[data-settled], #message:not([hidden])')
  return await page.evaluate(() => {
    const message = document.getElementById('message')
    if (message && !message.hidden) throw new Error(`the page says: ${message.textContent}`)
    const canvas = document.querySelector('canvas') as HTMLCanvasElement
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    return Array.from(data).filter((_, i) => i % 4 < 3)
  })
}
