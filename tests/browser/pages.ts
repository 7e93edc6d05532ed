// Pages of the shared browser, for the tests.

import { readFileSync } from 'node:fs'
import puppeteer, { type Browser, type Page } from 'puppeteer'
import { inject } from 'vitest'

export { isFull } from '../is-full.js'

/** The nets PyTorch trained. */
export const ORACLE_NAMES = ['japan', 'malaysia', 'nepal', 'usa'] as const

/** Any browser's page in which functions can be called. */
export type Evaluating = Pick<Page, 'evaluate'>

/** Bytes of an oracle net. */
export function oracleFile(name: string): Uint8Array {
  return readFileSync(new URL(`../oracle/${name}.safetensors`, import.meta.url))
}

/** What PyTorch says of an oracle net. */
export function oracleTruth(name: string): {
  width: number
  height: number
  points: [number, number][]
  rgb_float64: [number, number, number][]
} {
  return JSON.parse(readFileSync(new URL(`../oracle/${name}.expected.json`, import.meta.url), 'utf8'))
}

/** Connects to the shared browser; disconnect when done, never close it. */
export async function connect(): Promise<Browser> {
  return await puppeteer.connect({ browserWSEndpoint: inject('browserEndpoint'), protocolTimeout: 170_000 })
}

/** Opens the harness; errors on the page are collected. */
export async function openHarness(browser: Browser): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage()
  const errors = collectErrors(page)
  await page.goto(inject('harnessUrl'))
  await page.waitForFunction(() => 'harness' in window)
  return { page, errors }
}

/** Collects what a page throws and what it logs as an error. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', error => errors.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}
