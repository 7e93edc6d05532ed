// What a page is to everybody: no complaint of axe, nothing wider than the screen.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'puppeteer'
import { expect } from 'vitest'
import { isFull } from '../is-full.js'

/** A desk's screen and a phone's, on which more is in the way of more: the sample looks at that one. */
export const AXE_SIZES: readonly (readonly [width: number, height: number])[] = isFull
  ? [
      [1280, 800],
      [390, 844],
    ]
  : [[390, 844]]

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * Lets axe look at the page as it is now.
 * @param what the page shows, for the message
 * @param within a selector; all of the page without one
 */
export async function expectAccessible(page: Page, what?: string, within = 'html'): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE)
  const violations = await page.evaluate(async within => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(within)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }, within)
  expect(violations, what).toEqual([])
  const width = page.viewport()?.width ?? 0
  expect(await page.evaluate(() => document.documentElement.scrollWidth), what).toBeLessThanOrEqual(width)
}

/** The same in the dark and in the light theme. */
export async function expectAccessibleInThemes(page: Page, what: string, within?: string): Promise<void> {
  for (const value of ['light', 'dark']) {
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ])
    await expectAccessible(page, `${what}, ${value}`, within)
  }
}
