// Finds a Chrome or Chromium that is already on this machine. It installs nothing (install.ts) and starts nothing but
// `--version` (launch.ts starts the browser); where the candidates lie is in places.ts.

import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { UnsupportedError } from '../../model/errors.js'
import { pathExecutables, puppeteerExecutables, systemExecutables } from './places.js'

/** A browser on this machine: its executable, and in a few words how we came by it (`VEXEL_BROWSER`, `PATH`, ...). */
export interface FoundBrowser {
  readonly executablePath: string
  readonly source: string
}

/** The variables that name a browser's executable, the first one set wins. */
const BROWSER_VARIABLES = ['VEXEL_BROWSER', 'PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH'] as const

/** A snap's first `--version` unpacks for several seconds on a slow disk; a stub that waits for snapd never answers. */
const VERSION_TIMEOUT_MS = 15_000

/**
 * Finds a browser: one named by a variable, else puppeteer's own download, else one on the PATH, else one in the
 * system's usual places. Returns null when there is none; throws UnsupportedError when a variable names a missing file.
 * systemPaths: the usual places to look in last.
 */
export async function findBrowser(
  env: NodeJS.ProcessEnv = process.env,
  systemPaths: readonly string[] = systemExecutables(),
): Promise<FoundBrowser | null> {
  // A person's choice is taken without the --version check: if it does not start, the launch says so.
  const named = namedBrowser(env)
  if (named) return named
  return (
    (await firstRunning(await puppeteerExecutables(env), 'puppeteer cache')) ??
    (await firstRunning(pathExecutables(env), 'PATH')) ??
    (await firstRunning(systemPaths, 'system'))
  )
}

function namedBrowser(env: NodeJS.ProcessEnv): FoundBrowser | null {
  const variable = BROWSER_VARIABLES.find(name => env[name])
  if (!variable) return null
  const executablePath = env[variable]!
  if (!isFile(executablePath)) {
    throw new UnsupportedError(`${variable}: expected a browser's executable, got no file at ${executablePath}`)
  }
  return { executablePath, source: variable }
}

async function firstRunning(paths: readonly string[], source: string): Promise<FoundBrowser | null> {
  for (const executablePath of paths) {
    if (await answersVersion(executablePath)) return { executablePath, source }
  }
  return null
}

/** Tells whether the file is there and answers `--version`, so that Ubuntu's snap stub or a Chrome without its libraries is passed over. */
export async function answersVersion(executablePath: string): Promise<boolean> {
  if (!isFile(executablePath)) return false
  // chrome.exe --version opens a window instead of answering, so on Windows being there is enough.
  if (process.platform === 'win32') return true
  return new Promise(resolve => {
    execFile(executablePath, ['--version'], { timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error, stdout) =>
      resolve(!error && /\d+\.\d+/.test(stdout)),
    ).stdin?.end()
  })
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
