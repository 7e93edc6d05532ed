// The browsers besides Chromium that a smoke file runs in: found on this machine, or installed where that is a matter of Debian's
// packages. Where one cannot be had its file is skipped, and a line says so.

import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type DebianPackages, installPackages } from '../../src/cli/browser/apt.js'
import { answersVersion } from '../../src/cli/browser/find.js'
import type { Log } from '../../src/cli/browser/log.js'

const FIREFOX_PACKAGES: DebianPackages = {
  packages: ['firefox-esr', 'xvfb', 'libegl1', 'libgl1-mesa-dri'],
  probe: 'firefox-esr --version && command -v Xvfb',
  megabytes: 100,
}

const WEBKIT_PACKAGES: DebianPackages = {
  packages: ['webkit2gtk-driver', 'xvfb', 'libegl1', 'libgl1-mesa-dri'],
  probe: 'command -v WebKitWebDriver && command -v Xvfb',
  megabytes: 110,
}

/** The Firefox of this machine: `VEXEL_FIREFOX`, the PATH, the usual places, Debian's package; null, and a line, without one. */
export async function readyFirefox(log: Log): Promise<string | null> {
  const { VEXEL_FIREFOX } = process.env
  if (VEXEL_FIREFOX) return VEXEL_FIREFOX
  const find = async () => {
    for (const path of [...onPath('firefox-esr'), ...onPath('firefox'), ...USUAL_PLACES])
      if (!isSnap(path) && (await answersVersion(path))) return path
    return null
  }
  // With one of its own a machine may lack a display, which only WebGL needs.
  return (await find()) ?? (await installed('Firefox', FIREFOX_PACKAGES, find, log))
}

/** WebKitGTK's driver, where it is asked for: by `VEXEL_WEBKIT=1`, or by the full suite; null, and a line, without one. */
export async function readyWebkit(log: Log): Promise<string | null> {
  const { VEXEL_WEBKIT, VEXEL_FULL } = process.env
  if (VEXEL_WEBKIT === '0' || !(VEXEL_WEBKIT || VEXEL_FULL)) return null
  // A driver without a display opens no window.
  const find = async () => (onPath('Xvfb').length > 0 ? (onPath('WebKitWebDriver')[0] ?? null) : null)
  return (await find()) ?? (await installed('WebKit', WEBKIT_PACKAGES, find, log))
}

async function installed(
  name: string,
  packages: DebianPackages,
  find: () => Promise<string | null>,
  log: Log,
): Promise<string | null> {
  let reason = 'it does not run'
  try {
    await installPackages(packages, log)
    const path = await find()
    if (path) return path
  } catch (error) {
    reason = (error as Error).message
  }
  log(`${name}: none here and none could be installed (${reason}); its smoke file is skipped`)
  return null
}

const USUAL_PLACES = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
]

/** Lists the files of this name on the PATH. */
export function onPath(name: string): string[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .filter(path => existsSync(path))
}

/** A snap has a /tmp of its own, so it cannot see the profile that it is given. */
function isSnap(path: string): boolean {
  return path.startsWith('/snap/') || (existsSync(path) && readFileSync(path).subarray(0, 2048).includes('/snap/'))
}
