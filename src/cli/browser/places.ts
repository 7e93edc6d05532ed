// Lists where a Chrome or Chromium may lie: puppeteer's cache, the PATH, the usual places of each system. Paths are
// candidates, best first; find.ts checks that they are there and run.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  Browser,
  ChromeReleaseChannel,
  computeExecutablePath,
  computeSystemExecutablePath,
  detectBrowserPlatform,
  getInstalledBrowsers,
} from '@puppeteer/browsers'
import { PUPPETEER_REVISIONS } from 'puppeteer-core/internal/revisions.js'

const PATH_NAMES = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chromium-headless-shell',
  'chrome',
] as const

/** Orders `99.0.4844.51` before `148.0.7778.97`. @puppeteer/browsers 2.13's own comparator throws: four parts are no semver. */
const BY_VERSION = new Intl.Collator('en', { numeric: true })

/** Where puppeteer's downloads lie. */
export function browserCache(env: NodeJS.ProcessEnv): string {
  return env.PUPPETEER_CACHE_DIR || join(env.HOME || homedir(), '.cache', 'puppeteer')
}

/** Lists puppeteer's downloads: the pinned revision first, then the newest chrome, then the newest chrome-headless-shell. */
export async function puppeteerExecutables(env: NodeJS.ProcessEnv): Promise<string[]> {
  const cacheDir = browserCache(env)
  const platform = detectBrowserPlatform()
  const downloaded = (await getInstalledBrowsers({ cacheDir })).filter(entry => entry.platform === platform)
  const newest = (browser: Browser): string[] => {
    return downloaded
      .filter(entry => entry.browser === browser)
      .sort((a, b) => BY_VERSION.compare(b.buildId, a.buildId))
      .map(entry => entry.executablePath)
  }
  const pinned = platform
    ? [computeExecutablePath({ browser: Browser.CHROME, buildId: PUPPETEER_REVISIONS.chrome, cacheDir })]
    : []
  return [...new Set([...pinned, ...newest(Browser.CHROME), ...newest(Browser.CHROMEHEADLESSSHELL)])]
}

/** Lists the files on the PATH that carry a Chrome's or Chromium's usual name, by name first and then by folder. */
export function pathExecutables(env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(folder => folder !== '')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return PATH_NAMES.flatMap(name => folders.map(folder => join(folder, name + suffix))).filter(path => existsSync(path))
}

/** Lists the places outside the PATH where this system's Chrome, Chromium or (on Windows) Edge is usually installed. */
export function systemExecutables(): string[] {
  const chrome = installedChrome()
  switch (process.platform) {
    case 'darwin': {
      const apps = ['Google Chrome', 'Chromium'].map(name => join(`${name}.app`, 'Contents', 'MacOS', name))
      return [
        ...chrome,
        ...['/Applications', join(homedir(), 'Applications')].flatMap(dir => apps.map(a => join(dir, a))),
      ]
    }
    case 'win32': {
      const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(name => process.env[name] ?? [])
      // Edge last: it is Chromium too, and every Windows has it.
      const apps = ['Chromium\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
      return [...chrome, ...apps.flatMap(app => roots.map(root => join(root, app)))]
    }
    default:
      // Under WSL the helper offers Windows' chrome.exe, which cannot use our profile folder.
      return [...chrome.filter(path => !path.endsWith('.exe')), '/snap/bin/chromium', '/usr/lib/chromium/chromium']
  }
}

function installedChrome(): string[] {
  try {
    return [computeSystemExecutablePath({ browser: Browser.CHROME, channel: ChromeReleaseChannel.STABLE })]
  } catch {
    return [] // the helper throws where Chrome is not installed
  }
}
