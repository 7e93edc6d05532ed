import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Browser as BrowserName, computeExecutablePath } from '@puppeteer/browsers'
import type { Browser } from 'puppeteer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findBrowser, type FoundBrowser } from '../../src/cli/browser/find.js'
import { installBrowser } from '../../src/cli/browser/install.js'
import { glRenderer, launchBrowser } from '../../src/cli/browser/launch.js'
import { FormatError, UnsupportedError } from '../../src/model/errors.js'

// Fake browsers are shell scripts, which Windows does not run.
const onPosix = process.platform !== 'win32'

let dir: string
/** An environment in which nothing is installed: an empty PATH and an empty cache. */
let bareEnv: NodeJS.ProcessEnv

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vexel-browser-'))
  bareEnv = { PATH: join(dir, 'bin'), PUPPETEER_CACHE_DIR: join(dir, 'cache') }
  return () => rmSync(dir, { recursive: true, force: true })
})

function writeScript(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function fakeBrowser(name: string): string {
  return writeScript(join(dir, name), 'echo Chromium 156.0.1.2')
}

function fakeDownload(browser: BrowserName, buildId: string): string {
  const path = computeExecutablePath({ cacheDir: join(dir, 'cache'), browser, buildId })
  return writeScript(path, `echo Google Chrome ${buildId}`)
}

describe.runIf(onPosix)('finding a browser', () => {
  test('a variable comes before puppeteer’s cache, then the PATH, then the usual places', async () => {
    const vexel = fakeBrowser('vexel-choice')
    const configured = fakeBrowser('puppeteer-choice')
    const chromePath = fakeBrowser('chrome-path-choice')
    const system = fakeBrowser('opt/google/chrome')
    const onPath = fakeBrowser('bin/chromium')
    const cached = fakeDownload(BrowserName.CHROME, '148.0.7778.97')
    const env: NodeJS.ProcessEnv = {
      ...bareEnv,
      VEXEL_BROWSER: vexel,
      PUPPETEER_EXECUTABLE_PATH: configured,
      CHROME_PATH: chromePath,
    }

    const found: (FoundBrowser | null)[] = [await findBrowser(env, [system])]
    // Take away the best place each time and look again.
    for (const name of ['VEXEL_BROWSER', 'PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH']) {
      delete env[name]
      found.push(await findBrowser(env, [system]))
    }
    rmSync(cached)
    found.push(await findBrowser(env, [system]))
    rmSync(onPath)
    found.push(await findBrowser(env, [system]))
    rmSync(system)
    found.push(await findBrowser(env, [system]))

    expect(found).toEqual([
      { executablePath: vexel, source: 'VEXEL_BROWSER' },
      { executablePath: configured, source: 'PUPPETEER_EXECUTABLE_PATH' },
      { executablePath: chromePath, source: 'CHROME_PATH' },
      { executablePath: cached, source: 'puppeteer cache' },
      { executablePath: onPath, source: 'PATH' },
      { executablePath: system, source: 'system' },
      null,
    ])
  })

  test('of several downloads the newest chrome is taken, and a headless shell only without one', async () => {
    const shell = fakeDownload(BrowserName.CHROMEHEADLESSSHELL, '150.0.1.1')
    expect((await findBrowser(bareEnv, []))?.executablePath).toBe(shell)
    fakeDownload(BrowserName.CHROME, '99.0.4844.1')
    const newest = fakeDownload(BrowserName.CHROME, '148.0.7778.97')
    expect((await findBrowser(bareEnv, []))?.executablePath).toBe(newest)
  })

  test('a variable that names a missing file is an error with the variable and the path', async () => {
    const missing = join(dir, 'no-such-chrome')
    fakeBrowser('bin/chromium')
    for (const name of ['VEXEL_BROWSER', 'PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH']) {
      const error = await findBrowser({ ...bareEnv, [name]: missing }, []).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(UnsupportedError)
      expect((error as Error).message).toBe(`${name}: expected a browser's executable, got no file at ${missing}`)
    }
  })

  test('an empty variable counts as not set', async () => {
    expect(await findBrowser({ ...bareEnv, VEXEL_BROWSER: '' }, [])).toBeNull()
  })

  test('a snap stub that does not run is passed over', async () => {
    const snapMessage = 'echo "Command requires the chromium snap to be installed." >&2; exit 10'
    writeScript(join(dir, 'bin', 'chromium-browser'), snapMessage)
    expect(await findBrowser(bareEnv, [])).toBeNull()
    const chrome = fakeBrowser('bin/chrome')
    expect((await findBrowser(bareEnv, []))?.executablePath).toBe(chrome)
  })
})

describe('installing a browser', () => {
  const browser: FoundBrowser = { executablePath: '/somewhere/chrome', source: 'a test' }
  const failing = (name: string, reason: string) => ({ name, install: () => Promise.reject(new Error(reason)) })

  test('when one way fails the next is tried, and the log says why', async () => {
    const lines: string[] = []
    const installers = [failing('first', 'no network'), { name: 'second', install: () => Promise.resolve(browser) }]
    expect(await installBrowser(line => lines.push(line), installers)).toBe(browser)
    expect(lines).toEqual(['first: no network'])
  })

  test('when every way fails the message is one line with the reasons and the cures', async () => {
    const installers = [failing('puppeteer download', 'no network'), failing('apt-get', 'not root')]
    const error = await installBrowser(() => {}, installers).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect((error as Error).message).toBe(
      'browser: none could be installed (puppeteer download: no network; apt-get: not root); ' +
        'set VEXEL_BROWSER to the path of a Chrome or Chromium, ' +
        "run `npx puppeteer browsers install chrome`, or install the distribution's chromium package",
    )
  })
})

describe('launching a browser', () => {
  let env: NodeJS.ProcessEnv
  let browser: Browser

  beforeAll(async () => {
    env = { ...process.env }
    delete env.VEXEL_GL
    browser = await launchBrowser({ env, install: true })
  })
  afterAll(() => browser?.close())

  test('by default it draws with SwiftShader', async () => {
    expect(await glRenderer(browser)).toContain('SwiftShader')
  })

  test('asking for the renderer’s name leaves no page open', async () => {
    const before = (await browser.pages()).length
    await glRenderer(browser)
    expect(await browser.pages()).toHaveLength(before)
  })

  test('a browser without WebGL2 is an error that says why', async () => {
    const without = await launchBrowser({ env, args: ['--disable-3d-apis'] })
    try {
      const error = await glRenderer(without).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(UnsupportedError)
      expect((error as Error).message).toMatch(/^WebGL2: none in Chrome\/\S+, .*disabled/)
    } finally {
      await without.close()
    }
  })

  test('an unknown VEXEL_GL is an error that lists the known ones', async () => {
    const launched = launchBrowser({ env: { ...env, VEXEL_GL: 'voodoo' } })
    await expect(launched).rejects.toThrow(
      new FormatError('VEXEL_GL: expected swiftshader, llvmpipe, vulkan, hardware, got voodoo'),
    )
  })

  test.runIf(onPosix)('a browser that crashes at its first start is started once more', async () => {
    const real = browser.process()!.spawnfile
    const mark = join(dir, 'crashed-once')
    const script = `[ -e '${mark}' ] && exec '${real}' "$@"\ntouch '${mark}'; exit 139`
    const VEXEL_BROWSER = writeScript(join(dir, 'crashes-once'), script)
    const again = await launchBrowser({ env: { ...env, VEXEL_BROWSER } })
    expect(await again.version()).toMatch(/^(Headless)?Chrome\//)
    await again.close()
  })

  test.runIf(onPosix)('a browser that never starts is tried twice and its complaint is in one line', async () => {
    const starts = join(dir, 'starts')
    const complaint = 'libnss3.so: error while loading shared libraries'
    const script = `echo start >> '${starts}'\necho '${complaint}' >&2; exit 127`
    const VEXEL_BROWSER = writeScript(join(dir, 'never-starts'), script)
    const error = await launchBrowser({ env: { ...env, VEXEL_BROWSER } }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect((error as Error).message).toBe(`browser ${VEXEL_BROWSER}: did not start, ${complaint}`)
    expect(readFileSync(starts, 'utf8')).toBe('start\nstart\n')
  })

  test.runIf(process.platform === 'linux')('closing leaves no process of the browser behind', async () => {
    const closing = await launchBrowser({ env })
    await glRenderer(closing) // so that there is a GPU process too
    const pid = closing.process()!.pid!
    expect(livingGroup(pid).length).toBeGreaterThan(1)
    await closing.close()
    // The browser's children end by themselves a moment after it.
    await expect.poll(() => livingGroup(pid), { timeout: 10_000 }).toEqual([])
  })
})

/** Lists the process ids of a process group (puppeteer gives each browser its own) from /proc, without the zombies. */
function livingGroup(group: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        // "pid (name) state parent group ...": the name may hold spaces and brackets.
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return Number(processGroup) === group && state !== 'Z' && state !== 'X'
      } catch {
        return false // it ended while we looked
      }
    })
    .map(Number)
}
