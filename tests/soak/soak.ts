// A soak: for minutes the page is used at random, by seed, and once a minute brought to rest and looked at. It fails where the
// page says an error, hangs, or holds more and more.

import { setTimeout as pause } from 'node:timers/promises'
import { Command } from '@commander-js/extra-typings'
import type { CDPSession, Page } from 'puppeteer-core'
import { glRenderer, launchBrowser } from '../../src/cli/browser/launch.js'
import { serveSite } from '../../src/cli/site/site.js'
import { SplitMix64 } from '../../src/train/random.js'
import { chooseAction, Dice, installSoak, VIEWPORT } from './actions.js'
import { findGrowth, LEAST_SAMPLES, type Sample, TABLE_HEAD, tableRow } from './growth.js'

/** What takes longer hangs, also on software GL beside other work. */
const ACTION_TIMEOUT_MS = 90_000
const SAMPLE_EVERY_MS = 60_000
/** In which part of the time contexts are lost: later that would hide what grows. */
const RENEWED_SHARE = 1 / 3
/** Until stills are refined, workers gone and animations over. */
const CALM_MS = 2500
/** Refusals are answers: a person would read one line. */
const REFUSALS = new Set(['FormatError', 'UnsupportedError', 'AbortError'])

/**
 * Runs the command.
 * @param argv as of a process
 * @param siteFolder where the built page is
 * @returns the exit code: 1 on any error of the page and on growth
 */
export async function soak(argv: readonly string[], siteFolder: string): Promise<number> {
  const program = new Command('soak')
    .description('Uses the built page at random for minutes: any error, hang or growth ends with exit code 1.')
    .option('--minutes <n>', 'how long', Number, 20)
    .option('--seed <n>', 'of the choices', Number, 1)
    .option('--renderer <name>', 'webgl or cpu; else what the page takes')
    .parse(argv)
  const { minutes, seed, renderer } = program.opts()
  if (!(minutes > 0)) program.error('--minutes: expected a number above 0', { exitCode: 2 })
  if (!Number.isInteger(seed)) program.error('--seed: expected a whole number', { exitCode: 2 })
  const say = (line: string) => process.stdout.write(`${line}\n`)

  const site = await serveSite(siteFolder)
  const browser = await launchBrowser({ install: true, log: say })
  try {
    say(`GL renderer: ${await glRenderer(browser)}`)
    const page = await browser.newPage()
    const errors = collectErrors(page)
    await page.setViewport(VIEWPORT)
    await page.evaluateOnNewDocument(installSoak)
    await page.goto(`${site.url}${renderer ? `?renderer=${renderer}` : ''}#samples=1`)
    await page.waitForFunction(() => 'vexel' in window)
    await page.evaluate(() => window.vexel.ready)
    say(`drawn by ${await page.evaluate(() => window.vexel.stats().renderer)}, seed ${seed}, ${minutes} minutes`)
    const { samples, counts } = await use(page, minutes * 60_000, new Dice(new SplitMix64(seed)), errors, say)
    say('')
    say([...counts].map(([name, count]) => `${name} ${count}`).join(', '))
    const growth = findGrowth(samples)
    for (const line of growth) say(`growth: ${line}`)
    if (samples.length < LEAST_SAMPLES) say(`too short to tell growth: ${samples.length} samples`)
    say(`${errors.length} errors`)
    return errors.length + growth.length > 0 ? 1 : 0
  } finally {
    await browser.close()
    await site.close()
  }
}

/** Does one thing after the other until the time is over or the page is broken; a sample a minute. */
async function use(page: Page, durationMs: number, dice: Dice, errors: string[], say: (line: string) => void) {
  const samples: Sample[] = []
  /** How often each thing was done, and each refusal given. */
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  const cdp = await page.createCDPSession()
  const startMs = performance.now()
  const sinceStartMs = () => performance.now() - startMs
  let actions = 0
  for (const line of TABLE_HEAD) say(line)
  const sample = async () => {
    samples.push(await sampleAtRest(page, cdp, sinceStartMs() / 60_000, actions))
    say(tableRow(samples[samples.length - 1]))
  }
  let told = 0
  /** @returns whether it may go on */
  const attempt = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await within(ACTION_TIMEOUT_MS, work())
    } catch (error) {
      const { kind, line } = kindOf(error as Error)
      if (REFUSALS.has(kind)) count(`refused (${line})`)
      else errors.push(`${kind}: ${line}`)
      if (error instanceof HangError || page.isClosed()) {
        say(`error while it was to ${name} (action ${actions}): ${errors.at(-1)}`)
        return false
      }
    }
    for (; told < errors.length; told++) say(`error while it was to ${name} (action ${actions}): ${errors[told]}`)
    return true
  }
  if (!(await attempt('rest', sample))) return { samples, counts }
  for (let nextMs = SAMPLE_EVERY_MS; sinceStartMs() < durationMs;) {
    const action = chooseAction(dice, sinceStartMs() < durationMs * RENEWED_SHARE)
    actions++
    count(action.name)
    if (!(await attempt(action.name, () => action.run(page, dice)))) break
    await pause(dice.between(0, 400))
    if (sinceStartMs() < Math.min(nextMs, durationMs)) continue
    nextMs = sinceStartMs() + SAMPLE_EVERY_MS
    if (!(await attempt('rest', sample))) break
  }
  return { samples, counts }
}

/** The kind of an error, and its line. Of the page's errors the browser tells the class's name, which the build has shortened. */
function kindOf({ name, message }: Error): { kind: string; line: string } {
  const [line] = message.split('\n')
  const own = /^(\w+Error): (.*)/.exec(line)
  return own ? { kind: own[1], line: own[2] } : { kind: name, line }
}

/** Brings the page back to where it began, the whole wall with nothing open, and looks at what it holds. */
async function sampleAtRest(page: Page, cdp: CDPSession, minute: number, actions: number): Promise<Sample> {
  await page.setViewport(VIEWPORT)
  await page.evaluate(() => window.soak.rest())
  await pause(CALM_MS)
  await page.evaluate(() => window.vexel.settled())
  await cdp.send('HeapProfiler.collectGarbage')
  const { JSHeapUsedSize = 0, Nodes = 0, JSEventListeners = 0 } = await page.metrics()
  const { textureBytes, liveObjects } = await page.evaluate(() => window.vexel.stats())
  return {
    minute,
    actions,
    heapMegabytes: JSHeapUsedSize / 1e6,
    nodes: Nodes,
    listeners: JSEventListeners,
    workers: page.workers().length,
    textureMegabytes: textureBytes / 1e6,
    liveObjects,
  }
}

/** What the page throws and what it logs as an error. */
function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('error', error => errors.push(`crashed: ${error.message}`))
  page.on('pageerror', error => errors.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

class HangError extends Error {
  override readonly name = 'HangError'
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const timeout = pause(timeoutMs, null, { signal: timer.signal }).then(() => {
    throw new HangError(`did not end within ${timeoutMs / 1000} s`)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    timeout.catch(() => {})
    timer.abort()
  }
}
