// vexel lab as it is built: whatever interrupts it and however the work is split, what it has found out in the end is the same; and a cell of
// its page is the net that it stands for.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer from 'puppeteer'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { LabReport } from '../../src/train/lab/report.js'
import type { LabResult } from '../../src/train/lab/runs.js'
import { isFull } from '../is-full.js'
import { copyFlags } from './gallery-folder.js'
import { expectRefused, runVexel } from './run-vexel.js'
import { startVexel } from './train-process.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-lab-'))
afterAll(() => rmSync(folder, { recursive: true }))
copyFlags(join(folder, 'flags'), ['my', 'np'])

const PLAN = {
  title: 'A <small> lab',
  images: 'flags',
  flags: ['my', 'np'],
  seeds: [1, 2],
  pixels: 4096,
  parameters: 600,
  width: 16,
  detail: 32,
  recipes: { quick: { batch: 64 } },
  variants: [
    { name: 'narrow', recipe: 'quick', architecture: { activation: 'gelu', widths: [1, 2, 1] } },
    { name: 'sines', label: 'sines', recipe: 'quick', architecture: { activation: 'sine', widths: [1, 1] } },
  ],
  questions: [{ claim: 'sines are better', variants: ['sines'], base: 'narrow' }],
}

function planFile(name: string, plan: object): string {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, JSON.stringify(plan))
  return path
}
const plan = planFile('plan', PLAN)
const lab = (out: string, ...options: string[]) => [
  'lab',
  plan,
  '-o',
  join(folder, out),
  '--threads',
  '1',
  '--json',
  ...options,
]

async function run(args: readonly string[]) {
  const outcome = await runVexel(args, { cwd: folder })
  expect(outcome.code, outcome.stderr).toBe(0)
  return outcome
}

const reportOf = (out: string): LabReport => JSON.parse(readFileSync(join(folder, out, 'lab.json'), 'utf8'))
/** What does not depend on the machine. */
const found = (out: string) => reportOf(out).results.map((result: LabResult) => ({ ...result, seconds: 0 }))

beforeAll(async () => {
  await run(lab('whole'))
})

describe('a lab', () => {
  test('has a net and a result for every run, tables and a page, and nothing else', () => {
    const names = readdirSync(join(folder, 'whole'), { recursive: true, encoding: 'utf8' }).sort()
    const runs = ['narrow', 'sines'].flatMap(variant => [
      join('runs', variant),
      ...['my', 'np'].flatMap(flag =>
        [1, 2].flatMap(seed =>
          ['json', 'safetensors'].map(ending => join('runs', variant, `${flag}-${seed}.${ending}`)),
        ),
      ),
    ])
    expect(names).toEqual(['lab.csv', 'lab.html', 'lab.json', 'lab.md', 'runs', ...runs].sort())
    expect(reportOf('whole').runs).toEqual({ finished: 8, total: 8 })
  })

  test('has nets that say themselves what they are, as large as was asked for', () => {
    for (const { name, parameters } of reportOf('whole').rows) {
      expect(Math.abs(parameters - 600)).toBeLessThanOrEqual(12)
      const bytes = readFileSync(join(folder, 'whole', 'runs', name, 'my-1.safetensors'))
      expect(createNetwork(StateDict.parse(bytes)).warnings).toEqual([])
    }
  })

  test('does nothing twice', async () => {
    const { text } = await run(lab('whole'))
    expect(
      text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).event),
    ).toEqual(['done'])
  })

  test('does again what is of another plan, or whose net is gone', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'again'), { recursive: true })
    rmSync(join(folder, 'again', 'runs', 'sines', 'np-2.safetensors'))
    const path = join(folder, 'again', 'runs', 'narrow', 'my-1.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"key":"\w/, '"key":"-'))
    const { text } = await run(lab('again'))
    const done = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(({ event }) => event === 'run')
    expect(done.map(({ variant, flag, seed }) => `${variant} ${flag} ${seed}`)).toEqual(['narrow my 1', 'sines np 2'])
    expect(found('again')).toEqual(found('whole'))
  })

  test('in shards, joined by copying their folders into one, finds out the same', async () => {
    await run(lab('first', '--shard', '1/2'))
    await run(lab('second', '--shard', '2/2'))
    expect(found('first').length + found('second').length).toBe(8)
    cpSync(join(folder, 'second'), join(folder, 'first'), { recursive: true })
    await run(lab('first', '--merge'))
    expect(found('first')).toEqual(found('whole'))
  })

  test.runIf(isFull)('killed again and again finds out the same', { timeout: 300_000 }, async () => {
    for (let kills = 0; kills < 8; kills++) {
      const { child, ended } = startVexel(lab('killed', '--checkpoint-every', '0.05'))
      await new Promise<void>(resolve => {
        child.stdout?.on('data', chunk => String(chunk).includes('"run"') && setTimeout(resolve, 40 * kills))
        void ended.then(() => resolve())
      })
      child.kill('SIGKILL')
      await ended
    }
    await run(lab('killed'))
    expect(found('killed')).toEqual(found('whole'))
    expect(readdirSync(join(folder, 'killed'), { recursive: true }).length).toBe(
      readdirSync(join(folder, 'whole'), { recursive: true }).length,
    )
  })

  test('is listed before it is begun', async () => {
    const { text } = await run(['lab', plan, '-o', join(folder, 'none'), '--list'])
    expect(text).toMatch(/^narrow: .*, \d+ parameters, quick\n/)
    expect(text).toContain('8 runs: 2 variants, 2 flags, 2 seeds')
  })

  test('that cannot be done is refused in one line', async () => {
    const refused = (path: string, code: number, line: RegExp, ...options: string[]) =>
      expectRefused(['lab', path, '-o', join(folder, 'none'), ...options], code, line, { cwd: folder })
    await refused('nowhere.json', 1, /nowhere\.json: no such file/)
    writeFileSync(join(folder, 'text.json'), 'a plan')
    await refused(join(folder, 'text.json'), 1, /text\.json: expected JSON/)
    await refused(planFile('field', { ...PLAN, seeds: 3 }), 1, /field\.json: seeds: expected a list/)
    await refused(planFile('flag', { ...PLAN, flags: ['my', 'us'] }), 1, /flag\.json: flags: there is no image "us" in/)
    await refused(planFile('folder', { ...PLAN, images: 'none' }), 1, /none: no such folder/)
    await refused(plan, 2, /--shard 3\/2: expected I\/N/, '--shard', '3/2')
    await refused(plan, 2, /--threads 0: expected a whole number/, '--threads', '0')
  })
})

test('a cell of the page opens its net, from a disk and without a network', { timeout: 120_000 }, async () => {
  const browser = await puppeteer.connect({ browserWSEndpoint: inject('browserEndpoint') })
  const page = await browser.newPage()
  try {
    const wrong: string[] = []
    page.on('pageerror', error => wrong.push(String(error)))
    page.on('request', request => /^https?:/.test(request.url()) && wrong.push(request.url()))
    await page.goto(pathToFileURL(join(folder, 'whole', 'lab.html')).href)
    expect(await page.title()).toBe('A <small> lab')
    await page.click('button[data-net="sines/np"]')
    await page.waitForFunction(
      () =>
        new Promise(resolve =>
          document.querySelector('dialog[open] vexel-flag')?.addEventListener('settle', () => resolve(true)),
        ),
    )
    const [title, saved] = await page.evaluate(() => [
      document.querySelector('dialog h2')?.textContent,
      document.querySelector<HTMLAnchorElement>('#net-file')?.href ?? '',
    ])
    expect(title).toBe('np: sines')
    const middle = reportOf('whole').rows[1].cells[1].middle
    const file = readFileSync(join(folder, 'whole', 'runs', 'sines', `np-${middle?.seed}.safetensors`))
    expect(saved).toBe(`data:application/octet-stream;base64,${file.toString('base64')}`)
    await page.keyboard.press('Escape')
    expect(await page.$('dialog[open]')).toBeNull()
    expect(wrong).toEqual([])
  } finally {
    await page.close()
    await browser.disconnect()
  }
})
