// Starts a headless Chrome or Chromium for pages that need WebGL2, and tells what its GL draws with. Finding and
// installing are in find.ts and install.ts, the command line in flags.ts. The caller closes the browser.

import { basename } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'
import { UnsupportedError } from '../../model/errors.js'
import { findBrowser, type FoundBrowser } from './find.js'
import { browserEnv, browserFlags, glFromEnv, isContainer, unwantedDefaultFlags, type GlBackend } from './flags.js'
import { BROWSER_CURES, installBrowser } from './install.js'
import type { Log } from './log.js'

export type { GlBackend } from './flags.js'

/** How to start the browser. */
export interface BrowserOptions {
  /** What WebGL draws with; default `VEXEL_GL`, else `swiftshader`. */
  readonly gl?: GlBackend
  /** Installs a browser when none is found; default false, which throws UnsupportedError instead. */
  readonly install?: boolean
  /** Receives progress, one line at a time; default silence. */
  readonly log?: Log
  /** Whether Ctrl-C is the caller's own business, who then closes the browser; default false: puppeteer ends both at once. */
  readonly handlesSignals?: boolean
  /** More flags for the browser. */
  readonly args?: readonly string[]
  /** The environment to look in and to start in; default process.env. */
  readonly env?: NodeJS.ProcessEnv
}

const LAUNCH_TIMEOUT_MS = 60_000

/** Finds (or installs) a browser and starts it headless. Throws UnsupportedError when there is none or it does not start. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { install = false, log = () => {}, args = [], env = process.env, handlesSignals = false } = options
  const gl = options.gl ?? glFromEnv(env)
  const found = (await findBrowser(env)) ?? (install ? await installBrowser(log) : null)
  if (!found) throw new UnsupportedError(`browser: no Chrome or Chromium found; ${BROWSER_CURES}`)

  const flags = [...browserFlags(gl), ...args]
  // As root Chromium has no sandbox and refuses to start with one.
  if (process.platform === 'linux' && process.getuid?.() === 0) flags.push('--no-sandbox')
  try {
    return await start(found, flags, browserEnv(gl, env), handlesSignals)
  } catch (error) {
    // One more try: a loaded machine now and then kills the first start, and a container may forbid the sandbox.
    const sandboxless = /sandbox/i.test(String(error)) && isContainer(env) && !flags.includes('--no-sandbox')
    log(`browser: did not start, trying once more${sandboxless ? ' without its sandbox' : ''}`)
    const lastFlags = sandboxless ? [...flags, '--no-sandbox'] : flags
    return await start(found, lastFlags, browserEnv(gl, env), handlesSignals).catch(again => {
      throw new UnsupportedError(`browser ${found.executablePath}: did not start, ${startFailure(again)}`, {
        cause: again,
      })
    })
  }
}

function start(found: FoundBrowser, args: string[], env: NodeJS.ProcessEnv, handlesSignals: boolean): Promise<Browser> {
  return puppeteer.launch({
    executablePath: found.executablePath,
    // chrome-headless-shell is the old headless mode alone and does not know --headless=new.
    headless: /headless[-_]shell/.test(basename(found.executablePath)) ? 'shell' : true,
    args: [...args], // puppeteer takes the feature flags out of the array it is given
    ignoreDefaultArgs: unwantedDefaultFlags(),
    env,
    handleSIGINT: !handlesSignals,
    handleSIGTERM: !handlesSignals,
    handleSIGHUP: !handlesSignals,
    timeout: LAUNCH_TIMEOUT_MS,
    // A large picture is compared for minutes; whoever waits has a limit of their own.
    protocolTimeout: 0,
  })
}

/** Picks the browser's own complaint, one line, out of puppeteer's message with its whole stderr. */
function startFailure(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').map(line => line.trim())
  return lines.find(line => /:(FATAL|ERROR):|error while loading|No usable sandbox/.test(line)) ?? lines[0]
}

/** Names what the browser's WebGL2 draws with, as the driver says it. Throws UnsupportedError with the reason when there is no WebGL2. */
export async function glRenderer(browser: Browser): Promise<string> {
  const page = await browser.newPage()
  try {
    const answer = await page.evaluate(readRenderer)
    if (answer.renderer === null)
      throw new UnsupportedError(`WebGL2: none in ${await browser.version()}, ${answer.reason}`)
    return answer.renderer
  } finally {
    await page.close()
  }
}

/** Runs in the page, so it may use nothing from this file. */
function readRenderer(): { renderer: string | null; reason: string } {
  const canvas = document.createElement('canvas')
  let reason = 'no reason given'
  canvas.addEventListener('webglcontextcreationerror', event => {
    reason = (event as WebGLContextEvent).statusMessage || reason
  })
  const gl = canvas.getContext('webgl2')
  if (!gl) return { renderer: null, reason }
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return { renderer, reason: '' }
}
