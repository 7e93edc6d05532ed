// Downloads the Chrome that this puppeteer is pinned to, by @puppeteer/browsers' command line in a child process: a child can be
// stopped. (Its install() in our process has no time limit, and its pending request would keep us alive.)

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { Browser, detectBrowserPlatform, getDownloadUrl } from '@puppeteer/browsers'
import { PUPPETEER_REVISIONS } from 'puppeteer-core/internal/revisions.js'
import { answersVersion, type FoundBrowser } from './find.js'
import type { Log } from './log.js'
import { browserCache } from './places.js'

const CONNECT_TIMEOUT_MS = 5_000
/** About 170 MB: a quarter of an hour is 1.5 Mbit/s. */
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000

/** Downloads puppeteer's pinned Chrome into puppeteer's cache. Throws an Error with a one-line reason, within seconds when the network is closed. */
export async function downloadWithPuppeteer(log: Log): Promise<FoundBrowser> {
  const platform = detectBrowserPlatform()
  if (!platform) throw new Error(`no Chrome is built for ${process.platform} ${process.arch}`)
  const baseUrl = process.env.PUPPETEER_CHROME_DOWNLOAD_BASE_URL
  await assertReachable(proxyUrl() ?? getDownloadUrl(Browser.CHROME, platform, 'any', baseUrl))

  log('downloading Chrome with puppeteer, about 170 MB')
  const executablePath = await runPuppeteerInstall(baseUrl)
  if (!(await answersVersion(executablePath))) {
    throw new Error(`Chrome was downloaded to ${executablePath} but does not run here (are its libraries missing?)`)
  }
  log(`downloaded ${executablePath}`)
  return { executablePath, source: 'puppeteer download' }
}

function runPuppeteerInstall(baseUrl: string | undefined): Promise<string> {
  const require = createRequire(import.meta.url)
  const commandPath = join(dirname(require.resolve('@puppeteer/browsers')), 'main-cli.js')
  const cache = ['--path', browserCache(process.env), '--format', '{{path}}']
  const args = [commandPath, 'install', `chrome@${PUPPETEER_REVISIONS.chrome}`, ...cache]
  if (baseUrl) args.push('--base-url', baseUrl)
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: DOWNLOAD_TIMEOUT_MS }, (error, stdout, stderr) => {
      if (!error) resolve(stdout.trim().split('\n').at(-1)!.trim())
      else if (error.killed) reject(new Error(`no Chrome after ${DOWNLOAD_TIMEOUT_MS / 60_000} minutes`))
      else reject(new Error(reasonFrom(stderr) ?? error.message.split('\n')[0]))
    })
  })
}

/** Picks the reason out of the help text and stack that puppeteer's command prints around it. */
function reasonFrom(stderr: string): string | undefined {
  return /- DefaultProvider: (.+)/.exec(stderr)?.[1] ?? /^Error: (.+)/m.exec(stderr)?.[1]
}

/** The proxy that puppeteer's download goes through, if the environment names one. */
function proxyUrl(): URL | undefined {
  const { HTTPS_PROXY, https_proxy, ALL_PROXY, all_proxy } = process.env
  const proxy = HTTPS_PROXY || https_proxy || ALL_PROXY || all_proxy
  return proxy && URL.canParse(proxy) ? new URL(proxy) : undefined
}

/** Opens a TCP connection and closes it again: a firewall that drops packets would hold the download for minutes. */
function assertReachable(url: URL): Promise<void> {
  const port = Number(url.port) || (url.protocol === 'http:' ? 80 : 443)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port })
    const close = (error?: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    // Not socket.setTimeout: it starts only after the name is looked up, and the look-up can hang too.
    const timer = setTimeout(
      () => close(new Error(`${url.hostname} did not answer within ${CONNECT_TIMEOUT_MS / 1000} s`)),
      CONNECT_TIMEOUT_MS,
    )
    socket.once('connect', () => close())
    socket.once('error', error => close(new Error(`${url.hostname} is unreachable (${error.message})`)))
  })
}
