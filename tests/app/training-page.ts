// A training in the page, small: a picture that any net learns in a second.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encode } from 'fast-png'
import type { ElementHandle, Page } from 'puppeteer'
import type { TrainCall, TrainHandle, TrainState } from '../../src/app/training/scripting.js'
import { bytesOf, hand } from '../browser/bytes.js'
import type { Evaluating } from '../browser/pages.js'

declare global {
  interface Window {
    training: TrainHandle
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

/**
 * The file that the command line makes of the {@link tricolour}, as {@link SMALL} is, 24 pixels wide.
 * @param more options, and what they are to find in the folder
 */
export function commandLineNet(
  steps: number,
  threads: number,
  more: readonly string[] = [],
  files: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'vexel-page-'))
  const [image, recipe, out] = ['tricolour.png', 'small.json', 'out.safetensors'].map(name => join(folder, name))
  writeFileSync(image, tricolour())
  writeFileSync(recipe, JSON.stringify(SMALL.recipe))
  const cli = fileURLToPath(new URL('../../lib/cli.js', import.meta.url))
  const call = ['train', image, '-o', out, '--width', '24', '--recipe', recipe]
  const length = ['--threads', String(threads), '--steps', String(steps)]
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  execFileSync(process.execPath, [cli, ...call, ...length, ...more], { stdio: 'pipe', cwd: folder })
  const bytes = readFileSync(out)
  rmSync(folder, { recursive: true })
  return bytes
}

/** Begins a training; returns the one line with which it is refused, or null. */
export async function train(
  page: Evaluating,
  image: Uint8Array,
  name: string,
  options: TrainCall,
): Promise<string | null> {
  await hand(page, image)
  return await page.evaluate(
    async (name, options) => {
      try {
        window.training = await window.vexel.train(new File([window.handed[0]], name), options)
        return null
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
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
  return await bytesOf(page, () => window.training.result())
}

/** Waits until the run has come so far. */
export async function untilStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction(step => (window.training.progress?.step ?? 0) >= step, { polling: 20 }, step)
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
      figures.find(element => element.querySelector('dt')?.textContent?.trim() === name)?.querySelector('dd')
        ?.textContent ?? '',
    name,
  )
}

/** Waits for what the page has saved under a name. */
export async function savedFile(page: Page, name: string): Promise<Uint8Array> {
  await page.waitForFunction(name => window.saved.has(name), {}, name)
  return await bytesOf(page, `() => window.saved.get(${JSON.stringify(name)})`)
}
