// What the tests share: one browser with software GL, the built command line and site, and the harness page; besides, where the
// other browsers are that a smoke file runs in. The first line of the log names the GL renderer.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createServer } from 'vite'
import type { TestProject } from 'vitest/node'
import { glRenderer, launchBrowser } from '../../src/cli/browser/launch.js'
import { serveSite } from '../../src/cli/site/site.js'
import { answerWithFewFlags } from './few-flags.js'
import { readyFirefox, readyWebkit } from './other-browsers.js'

declare module 'vitest' {
  interface ProvidedContext {
    browserEndpoint: string
    /** The site with some of the flags on its wall. */
    siteUrl: string
    /** The site as it is built, with all of them. */
    wholeSiteUrl: string
    harnessUrl: string
    /** Executables; null where its smoke file is skipped. */
    firefox: string | null
    webkitDriver: string | null
  }
}

/** Builds in a process of its own: one for each core, and none in the form for tests that some packages have. */
async function built(config: string): Promise<void> {
  const args = ['node_modules/vite/bin/vite.js', 'build', '--config', config, '--logLevel', 'warn']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => process.stdout.write(`${line}\n`)
  const browser = await launchBrowser({ install: true, log, args: ['--disable-gpu-compositing'] })
  log(`GL renderer: ${await glRenderer(browser)}`)
  // They may have to be downloaded: meanwhile there is something to build.
  const others = Promise.all([readyFirefox(log), readyWebkit(log)])
  // The element goes into lib/, which the library empties before.
  await Promise.all([built('vite.lib.config.ts').then(() => built('vite.element.config.ts')), built('vite.config.ts')])
  // From a sub-folder, as a static host may have it: nothing of the site may name the root.
  const site = await serveSite('dist', '/some/folder/', true, answerWithFewFlags)
  const wholeSite = await serveSite('dist', '/some/folder/')
  const server = await createServer({
    configFile: false,
    logLevel: 'warn',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { include: ['twgl.js', 'gl-matrix'] },
  })
  await server.listen()
  const [firefox, webkitDriver] = await others
  project.provide('firefox', firefox)
  project.provide('webkitDriver', webkitDriver)
  project.provide('browserEndpoint', browser.wsEndpoint())
  project.provide('siteUrl', site.url)
  project.provide('wholeSiteUrl', wholeSite.url)
  project.provide('harnessUrl', new URL('tests/browser/harness.html', server.resolvedUrls?.local[0]).href)
  return async () => {
    await Promise.all([browser.close(), site.close(), wholeSite.close(), server.close()])
  }
}
