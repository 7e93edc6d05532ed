// Gets a browser onto a machine that has none: puppeteer's download first (download.ts), then Debian's package
// (apt.ts). Each installer throws a one-line reason when it cannot help, and the last message gathers them with the cures.

import { UnsupportedError } from '../../model/errors.js'
import { installWithApt } from './apt.js'
import { downloadWithPuppeteer } from './download.js'
import type { FoundBrowser } from './find.js'
import type { Log } from './log.js'

/** One way to get a browser. `install` throws an Error with a one-line reason when this way is closed. */
export interface BrowserInstaller {
  readonly name: string
  install(log: Log): Promise<FoundBrowser>
}

const INSTALLERS: readonly BrowserInstaller[] = [
  { name: 'puppeteer download', install: downloadWithPuppeteer },
  { name: 'apt-get', install: installWithApt },
]

/** What a person can do about a missing browser, for the end of a message. */
export const BROWSER_CURES =
  'set VEXEL_BROWSER to the path of a Chrome or Chromium, ' +
  "run `npx puppeteer browsers install chrome`, or install the distribution's chromium package"

/** Installs a browser by the first installer that can; throws UnsupportedError naming each failure and the cures. */
export async function installBrowser(
  log: Log,
  installers: readonly BrowserInstaller[] = INSTALLERS,
): Promise<FoundBrowser> {
  const failures: string[] = []
  for (const installer of installers) {
    try {
      return await installer.install(log)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      failures.push(`${installer.name}: ${reason}`)
      log(`${installer.name}: ${reason}`)
    }
  }
  throw new UnsupportedError(`browser: none could be installed (${failures.join('; ')}); ${BROWSER_CURES}`)
}
