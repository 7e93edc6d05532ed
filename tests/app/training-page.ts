// A training in the page, small: a picture that any net learns in a second.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encode } from 'fast-png'
import type { Browser, ElementHandle, Page } from 'puppeteer'
import { inject } from 'vitest'
import type { TrainCall, TrainHandle, TrainState } from '../../src/app/training/scripting.js'
import { collectErrors, type Evaluating } from '../browser/pages.js'
import { FLAG_HASH } from './explorer-page.js'

declare global {
  interface Window {
    training: TrainHandle
    saved: Map<string, File>
  }
}

/** Three upright stripes, 48 x 32. */
export function tricolour(): Uint8Array {
  const [width, height] = [48, 32]
  const stripes = [
    [0, 85, 164],
    [255, 255, 255],
    [239, 65, 53],
  ]
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => stripes[Math.floor(((i / 3) % width) / 16)][i % 3],
  )
  return encode({ width, height, data, channels: 3 })
}

/** 38 dB after 400 steps. */
export const SMALL: TrainCall = { width: 48, recipe: { name: 'small', batch: 256 }, threads: 1, frames: 5 }

/** The file that the command line makes of the {@link tricolour}, as {@link SMALL} is, 24 pixels wide. */
export function commandLineNet(steps: number, threads: number): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'vexel-page-'))
  const [image, recipe, out] = ['tricolour.png', 'small.json', 'out.safetensors'].map(name => join(folder, name))
  writeFileSync(image, tricolour())
  writeFileSync(recipe, JSON.stringify(SMALL.recipe))
  const cli = fileURLToPath(new URL('../../lib/cli.js', import.meta.url))
  const call = ['train', image, '-o', out, '--width', '24', '--recipe', recipe]
  const length = ['--threads', String(threads), '--steps', String(steps)]
  execFileSync(process.execPath, [cli, ...call, ...length], { stdio: 'pipe' })
  const bytes = readFileSync(out)
  rmSync(folder, { recursive: true })
  return bytes
}

// What the page saves is kept instead: a headless browser's downloads are nobody's.
const KEEP_SAVED = `
  window.saved = new Map();
  const { createObjectURL } = URL;
  URL.createObjectURL = file => { if (file.name) window.saved.set(file.name, file); return createObjectURL(file); };
  HTMLAnchorElement.prototype.click = function () {};`

/**
 * Opens the page in a context of its own: another site than the tests', `before` run before anything of it.
 * @param address what follows the site's
 */
export async function openPage(
  browser: Browser,
  {
    width = 900,
    height = 600,
    site = inject('siteUrl'),
    touch = false,
    before = '',
    address = FLAG_HASH,
    motion = true,
  }: {
    width?: number
    height?: number
    site?: string
    touch?: boolean
    before?: string
    address?: string
    motion?: boolean
  } = {},
): Promise<{ page: Page; errors: string[]; close: () => Promise<void> }> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  const errors = collectErrors(page)
  await page.setViewport({ width, height, hasTouch: touch, isMobile: touch })
  await page.evaluateOnNewDocument(KEEP_SAVED + before)
  if (!motion) await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  await page.goto(site + address)
  await page.waitForFunction(() => 'vexel' in window)
  await page.evaluate(() => window.vexel.ready)
  return { page, errors, close: () => context.close() }
}

/** Begins a training; returns the one line with which it is refused, or null. */
export async function train(
  page: Evaluating,
  image: Uint8Array,
  name: string,
  options: TrainCall,
): Promise<string | null> {
  return await page.evaluate(
    async (base64, name, options) => {
      const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
      try {
        window.training = await window.vexel.train(new File([bytes], name), options)
        return null
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
    Buffer.from(image).toString('base64'),
    name,
    options,
  )
}

/** Waits until the run is over. */
export async function untilDone(page: Evaluating): Promise<TrainState> {
  return await page.evaluate(() => window.training.done)
}

/** The network as it is now. */
export async function resultOf(page: Evaluating): Promise<Uint8Array> {
  return Uint8Array.from(await page.evaluate(async () => [...(await window.training.result())]))
}

/** Waits until the run has come so far. */
export async function untilStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction(step => (window.training.progress?.step ?? 0) >= step, { polling: 20 }, step)
}

/** Drops a file on the page, as a person does. @param padding zeros after the bytes */
export async function dropFile(page: Page, bytes: Uint8Array, name: string, padding = 0): Promise<void> {
  await page.evaluate(
    (base64, name, padding) => {
      const transfer = new DataTransfer()
      const content = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
      transfer.items.add(new File([content, new Uint8Array(padding)], name))
      const target = document.querySelector('header') as HTMLElement
      for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    },
    Buffer.from(bytes).toString('base64'),
    name,
    padding,
  )
}

/** Presses the button with this text, once there is one that can be pressed. */
export async function press(page: Page, text: string): Promise<void> {
  const button = await page.waitForFunction(
    text =>
      [...document.querySelectorAll('button')].find(button => button.textContent?.trim() === text && !button.disabled),
    {},
    text,
  )
  await (button.asElement() as ElementHandle).click()
}

/** A figure beside the buttons, by its name. */
export async function figure(page: Page, name: string): Promise<string> {
  return await page.$$eval(
    '.figures > div',
    (figures, name) =>
      figures.find(element => element.querySelector('dt')?.textContent === name)?.querySelector('dd')?.textContent ??
      '',
    name,
  )
}

/** Waits for what the page has saved under a name. */
export async function savedFile(page: Page, name: string): Promise<Uint8Array> {
  await page.waitForFunction(name => window.saved.has(name), {}, name)
  const bytes = await page.evaluate(
    async name => [...new Uint8Array((await window.saved.get(name)?.arrayBuffer()) ?? new ArrayBuffer())],
    name,
  )
  return Uint8Array.from(bytes)
}
