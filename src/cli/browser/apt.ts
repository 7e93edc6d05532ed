// Installs Debian's packages as root: chromium and the software GL it can draw with (Mesa's llvmpipe through EGL). Two vexels started
// together must not both run apt-get: flock(1), which Debian always has, holds a kernel lock that dies with its holder,
// so there is no stale lock to detect. Other programs' apt is waited for by DPkg::Lock::Timeout.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { answersVersion, type FoundBrowser } from './find.js'
import type { Log } from './log.js'
import { pathExecutables } from './places.js'

const LOCK_WAIT_S = 900

// The first line: whoever waited for the lock finds what the other installed and is done. A failed update is no reason to
// stop, the lists of last time may do.
const INSTALL_SCRIPT = `
sh -c "$1" && exit 0
shift
apt-get -q -o Acquire::http::Timeout=15 -o Acquire::Retries=1 update
exec apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
`

/** What is to be installed. */
export interface DebianPackages {
  /** The first one names them all in the log. */
  readonly packages: readonly [string, ...string[]]
  /** A shell command that succeeds where they are there already. */
  readonly probe: string
  /** To be downloaded, about. */
  readonly megabytes: number
}

const CHROMIUM: DebianPackages = {
  packages: ['chromium', 'libegl1', 'libgl1-mesa-dri'],
  probe: 'chromium --version',
  megabytes: 120,
}

/** Installs Debian's chromium package as root. Throws an Error with a one-line reason where that is not possible. */
export async function installWithApt(log: Log): Promise<FoundBrowser> {
  await installPackages(CHROMIUM, log)
  for (const executablePath of pathExecutables(process.env)) {
    // Ubuntu's package is a stub for a snap, which does not run in a container.
    if (await answersVersion(executablePath)) return { executablePath, source: 'apt-get' }
  }
  throw new Error('the chromium package was installed but does not run')
}

/** Installs Debian packages as root. Throws an Error with a one-line reason where that is not possible. */
export async function installPackages(wanted: DebianPackages, log: Log): Promise<void> {
  if (!isDebian()) throw new Error('not a Debian or Ubuntu')
  if (process.getuid?.() !== 0) throw new Error('not root')
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/flock')) throw new Error('no apt-get or flock')

  log(`installing ${wanted.packages[0]} with apt-get, about ${wanted.megabytes} MB`)
  await runInstallScript(wanted, log)
}

function runInstallScript({ packages, probe }: DebianPackages, log: Log): Promise<void> {
  /** The few lines of apt-get's long output that tell a person how far it is. */
  const isProgress = (line: string) =>
    ['Need to get ', `Unpacking ${packages[0]} `, `Setting up ${packages[0]} `].some(start => line.startsWith(start))
  return new Promise((resolve, reject) => {
    // --close: dpkg's children must not inherit the lock; the locked folder needs no lock file of ours in /tmp.
    const script = ['sh', '-c', INSTALL_SCRIPT, 'sh', probe, ...packages]
    const args = ['--close', '--wait', String(LOCK_WAIT_S), '/var/lib/apt', ...script]
    const child = spawn('flock', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    })
    let lastError = 'no message'
    createInterface({ input: child.stdout }).on('line', line => {
      if (isProgress(line)) log(`apt-get: ${line.trim()}`)
    })
    createInterface({ input: child.stderr }).on('line', line => {
      if (line.startsWith('E: ')) lastError = line.slice(3).trim()
    })
    child.once('error', reject)
    child.once('close', code => {
      if (code === 0) resolve()
      else reject(new Error(`exit code ${code}, ${lastError}`))
    })
  })
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false // no such file on macOS, Windows and a few Linuxes
  }
}
