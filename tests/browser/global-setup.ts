// What the tests share: one browser with software GL, the built command line and site, and the harness page; besides, where the
// other browsers are that a smoke file runs in. The first line of the log names the GL renderer.

import { build, createServer } from 'vite'
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

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => process.stdout.write(`${line}\n`)
  const browser = await launchBrowser({ install: true, log, args: ['--disable-gpu-compositing'] })
  log(`GL renderer: ${await glRenderer(browser)}`)
  // They may have to be downloaded: meanwhile there is something to build.
  const others = Promise.all([readyFirefox(log), readyWebkit(log)])
  // Vitest runs as "test", for which some packages build in their development form.
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await build({ configFile: 'vite.lib.config.ts', logLevel: 'warn' })
  await build({ configFile: 'vite.element.config.ts', logLevel: 'warn' })
  await build({ configFile: 'vite.config.ts', logLevel: 'warn' })
  process.env.NODE_ENV = NODE_ENV
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
