// What is fetched when it is first needed, and does not come: told, the same way each time, and tried again.

import type { Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lazy } from '../../src/app/lazy.js'
import { serveSite, type Site } from '../../src/cli/site/site.js'
import { openExplorer } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

test('is tried anew after each failure, told in the same line, and fetched once', async () => {
  let tries = 0
  const lazy = new Lazy('the player', async () => {
    if (++tries < 3) throw new TypeError('no network')
    return tries
  })
  const line = 'the player could not be loaded: no network'
  await expect(lazy.get()).rejects.toThrow(line)
  await expect(lazy.get()).rejects.toThrow(line)
  expect(lazy.loaded).toBeNull()
  expect(await Promise.all([lazy.get(), lazy.get()])).toEqual([3, 3])
  expect(await lazy.get()).toBe(3)
})

const pages = new PageOfFile()
let site: Site
let isOut = false

beforeAll(async () => {
  site = await serveSite('dist', '/lazy/', true, (request, response) => {
    if (!isOut || !/\.js(?:\?|$)/.test(request.url ?? '')) return false
    response.writeHead(503).end()
    return true
  })
})

afterAll(async () => {
  await site?.close()
})

/** What the page says of a failure, once it says it anew. */
async function told(page: Page): Promise<string> {
  await page.click('.learned')
  const message = await page.waitForSelector('.message[role=alert] span')
  const text = (await message?.evaluate(element => element.textContent)) ?? ''
  await page.click('.message button')
  await page.waitForFunction(() => !document.querySelector('.message'))
  return text.replace(/http\S*/, 'URL')
}

test('a film whose player does not come is told of at every click, and plays once it does', async () => {
  const options = { site: site.url, renderer: 'cpu', width: 700, height: 420, motion: false } as const
  const { page, close } = await openExplorer(pages.browser, options)
  await page.waitForSelector('.learned')
  isOut = true
  const first = await told(page)
  expect(first).toMatch(/^the film player could not be loaded: .*URL/)
  expect(await told(page)).toBe(first)
  isOut = false
  await page.click('.learned')
  await page.waitForSelector('.film-bar')
  await close()
})
