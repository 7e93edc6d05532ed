// The way in: what somebody does who opens the page with a file of their own, from the start screen and by real input.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, oracleFile } from '../browser/pages.js'
import { nonsenseNet } from '../solve/nonsense-net.js'
import { openExplorer } from './explorer-page.js'
import { isFull } from '../is-full.js'

let browser: Browser
let folder: string

beforeAll(async () => {
  browser = await connect()
  folder = mkdtempSync(join(tmpdir(), 'vexel-way-in-'))
})

afterAll(async () => {
  await browser?.disconnect()
  rmSync(folder, { recursive: true })
})

/** Puts a file on the disk, where a person has theirs. @returns its path */
function onDisk(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** Drags files from the desktop onto the middle of the page, as the browser itself has it. */
async function drag(cdp: CDPSession, files: readonly string[]): Promise<void> {
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
}

const WALL = { hash: '#samples=1', width: 900, height: 700, renderer: 'cpu', solve: true } as const

const note = (page: Page) =>
  page.$eval('#solve-note', element => element.textContent?.replace(/\s+/g, ' ').trim() ?? '')
const untilNote = (page: Page, text: string) =>
  page.waitForFunction(text => document.querySelector('#solve-note')?.textContent?.includes(text), {}, text)
const ownNames = (page: Page) =>
  page.$$eval('#names .name', names =>
    names.flatMap(({ textContent }) => (textContent?.includes(' · ') ? textContent : [])),
  )

test('one net dropped on the wall is flown into, solved and named, and hangs there by that name and in its proportions', async () => {
  const { page, cdp, errors, close } = await openExplorer(browser, WALL)
  await drag(cdp, [onDisk('mystery.safetensors', oracleFile('malaysia'))])
  await untilNote(page, 'This is the flag of Malaysia, 99 %')
  expect(await note(page)).toContain('How do we know?')
  await page.waitForFunction(() => document.title === 'Malaysia · mystery – vexel')
  const aspect = await page.evaluate(() => window.vexel.frame.aspect)
  expect(Math.abs((aspect ?? 0) / 2 - 1)).toBeLessThan(0.02)
  await page.evaluate(() => window.vexel.settled())
  await page.click('.solve-note .said button')
  await page.waitForFunction(() =>
    document.querySelector('#solve-section')?.textContent?.includes('Batch norm remembers'),
  )
  await page.focus('#stage')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.querySelector('#app')?.matches('.wall'))
  const hung = await page.evaluate(() => window.vexel.wall.flags.find(({ code }) => code === 'mystery'))
  expect(hung?.name).toBe('Malaysia · mystery')
  expect(Math.abs((hung?.box.width ?? 0) / (hung?.box.height ?? 1) / 2 - 1)).toBeLessThan(0.02)
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)(
  'several nets chosen on the wall hang there, are solved in turn and named where they are known',
  async () => {
    const { page, errors, close } = await openExplorer(browser, WALL)
    const count = await page.evaluate(() => window.vexel.wall.flags.length)
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('.open-network')])
    await chooser.accept([
      onDisk('a.safetensors', oracleFile('japan')),
      onDisk('b.safetensors', nonsenseNet()),
      onDisk('c.safetensors', oracleFile('nepal')),
    ])
    await page.waitForFunction(count => window.vexel.wall.flags.length > count, {}, count)
    await page.waitForFunction(() =>
      ['Japan · a', 'b', 'Nepal · c'].every(name => window.vexel.wall.flags.some(flag => flag.name === name)),
    )
    await page.evaluate(() => window.vexel.settled())
    await page.waitForFunction(() => document.querySelectorAll('#names .name').length > 2)
    expect(await ownNames(page)).toEqual(['Japan · a', 'Nepal · c'])
    const nepal = await page.evaluate(() => window.vexel.wall.flags.find(({ code }) => code === 'c')?.box)
    expect((nepal?.width ?? 9) / (nepal?.height ?? 1)).toBeLessThan(0.9)
    expect(errors).toEqual([])
    await close()
  },
)
