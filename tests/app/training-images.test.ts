// Images that are wrong or made to hurt, in the page: one clear line, and what was open stays.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { hand } from '../browser/bytes.js'
import { dropFiles, largestDifference, settledPixels } from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { SMALL, train, tricolour } from './training-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 420, height: 360 })

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2">'
const text = (content: string) => new Uint8Array(Buffer.from(content))

/** Ten uses of ten uses of ...: ten to the eleventh of nothing. */
function uses(): string {
  const groups = Array.from({ length: 11 }, (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`)
  return `${SVG}<defs><g id="g0"/>${groups.join('')}</defs><use href="#g11"/></svg>`
}

/** The head of a PNG that says it is larger than anybody's memory. */
function bomb(): Uint8Array {
  const bytes = tricolour().slice()
  new DataView(bytes.buffer).setUint32(16, 60_000)
  new DataView(bytes.buffer).setUint32(20, 60_000)
  return bytes
}

async function message(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction(
    source => new RegExp(source).test(document.querySelector('.message[role=alert]')?.textContent ?? ''),
    {},
    pattern.source,
  )
}

test('hostile images are refused in one line, and the open flag stays as it is', async () => {
  const { page, errors } = await pages.flag()
  const before = await settledPixels(page)
  const noise = await sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer()
  const cases: [string, Uint8Array, RegExp][] = [
    ['cut.png', tricolour().subarray(0, 60), /cut\.png: cannot be decoded as PNG/],
    ['bomb.png', bomb(), /bomb\.png: (cannot be decoded as PNG|60000 x 60000: more than 64 megapixels)/],
    ['cut.jpg', noise.subarray(0, 100), /cut\.jpg: cannot be decoded as JPEG/],
    ['broken.svg', text(`${SVG}<rect width="1" `), /broken\.svg: cannot be drawn as SVG/],
    ['sizeless.svg', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), /sizeless\.svg: the SVG says no size/],
    [
      'tower.svg',
      text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1000000"/>'),
      /expected edges of 1 to 4096/,
    ],
    ['uses.svg', text(uses()), /uses\.svg: cannot be drawn as SVG: more than 500000 elements/],
    [
      'foreign.svg',
      text(
        `${SVG}<foreignObject width="3" height="2"><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject></svg>`,
      ),
      /foreign\.svg: cannot be drawn as SVG: there is HTML in it \(foreignObject\)/,
    ],
    ['packed.svgz', gzipSync(Buffer.alloc(20 * 2 ** 20, ' ')), /packed\.svgz: an SVG of more than 16 MB/],
    ['page.html', text('<!doctype html><html><svg/></html>'), /page\.html: .*HTML/],
    ['nothing.png', new Uint8Array(), /nothing\.png: .*empty/],
  ]
  for (const [name, bytes, line] of cases) {
    await dropFiles(page, [name, bytes])
    await message(page, line)
    await page.click('.message button')
  }
  // Most of it is made in the page: it is too much to be handed over.
  await hand(page, tricolour())
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([window.handed[0], new Uint8Array(64 * 2 ** 20)], 'large.png'))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  })
  await message(page, /large\.png: more than the 64 MB/)
  expect(await page.title()).toMatch(/^Malaysia/)
  expect(await page.$('#app.training')).toBeNull()
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
  expect(errors).toEqual([])
})

test('a picture that is pasted is trained', async () => {
  const { page, errors } = await pages.flag()
  await hand(page, tricolour())
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([window.handed[0]], 'image.png', { type: 'image/png' }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.waitForSelector('#app.training')
  await page.waitForFunction(() => document.querySelector('.pane.target span')?.textContent === '48 × 32')
  expect(errors).toEqual([])
})

test('an SVG fetches nothing and runs no script; svgz, WebP, JPEG on its side and alpha are read', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { page, errors } = await pages.flag()
  const hostile = `${SVG}<style>@import url(${url}/style);</style><script>fetch("${url}/script");top.hacked=1</script>
    <image href="${url}/image" width="3" height="2"/><rect width="3" height="2" fill="#f00" onload="top.hacked=1"/></svg>`
  const isSize = (size: string) =>
    page.waitForFunction(size => document.querySelector('.pane.target span')?.textContent === size, {}, size)
  const options = { ...SMALL, detail: 96, steps: 10, paused: true }
  expect(await train(page, text(hostile), 'hostile.svg', options)).toBeNull()
  // A drawing has as many pixels as are asked for, the others below what they have.
  await isSize('96 × 64')
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  expect(asked).toEqual([])

  expect(await train(page, gzipSync(`${SVG}<rect width="1" height="2"/></svg>`), 'packed.svgz', options)).toBeNull()
  const upright = sharp(tricolour())
  expect(await train(page, await upright.clone().webp().toBuffer(), 'stripes.webp', options)).toBeNull()
  await isSize('48 × 32')
  const turned = await upright.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await train(page, turned, 'turned.jpg', options)).toBeNull()
  // As many pixels as it has, and no more.
  await isSize('32 × 48')

  const clear = await sharp({ create: { width: 8, height: 4, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer()
  expect(await train(page, clear, 'clear.png', { ...options, width: 8, background: '#f80' })).toBeNull()
  await isSize('8 × 4')
  expect(await page.$eval('.ground input', input => (input as HTMLInputElement).value)).toBe('#ff8800')
  const colour = await page.$eval('.pane.target canvas', canvas => {
    const { width, height } = canvas as HTMLCanvasElement
    return [...((canvas as HTMLCanvasElement).getContext('2d')?.getImageData(width / 2, height / 2, 1, 1).data ?? [])]
  })
  expect(colour).toEqual([255, 136, 0, 255])
  expect(errors).toEqual([])
  server.close()
})
