// A client of W3C WebDriver, as small as the smoke file needs it: puppeteer does not speak WebKitGTK's dialect.
// https://www.w3.org/TR/webdriver2/

import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** What keys are called there, besides those that write themselves. */
const KEYS: Readonly<Record<string, string>> = { Control: '\uE009', Enter: '\uE007', Escape: '\uE00C' }

export class WebDriver {
  #session = ''

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  /** Starts a driver and, through it, its browser. */
  static async start(path: string, env: NodeJS.ProcessEnv, options: object): Promise<WebDriver> {
    const port = await freePort()
    const child = spawn(path, [`--port=${port}`], { env, stdio: 'ignore' })
    const driver = new WebDriver(child, `http://127.0.0.1:${port}`)
    for (let tries = 0; ; tries++) {
      const isReady = await driver.#ask('GET', '/status').catch(() => null)
      if (isReady) break
      if (tries === 100 || child.exitCode !== null) throw new Error(`${path}: does not answer`)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    try {
      const session = await driver.#ask('POST', '/session', { capabilities: { alwaysMatch: options } })
      driver.#session = `/session/${(session as { sessionId: string }).sessionId}`
      await driver.command('POST', '/timeouts', { script: 170_000, pageLoad: 60_000 })
    } catch (error) {
      child.kill()
      throw error
    }
    return driver
  }

  /** A command of the session, such as `POST /url`; returns its value. */
  command(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    return this.#ask(method, this.#session + path, body)
  }

  /** Calls a function in the page, with arguments that JSON can say, or evaluates a text; returns what its promise resolves to. */
  async evaluate(work: string | ((...args: never[]) => unknown), ...args: unknown[]): Promise<unknown> {
    const expression = typeof work === 'string' ? work : `(${work})(...[...arguments].slice(0, -1))`
    const script = `const done = arguments[arguments.length - 1];
      (async () => (${expression}))().then(
        value => done({ value }), error => done({ error: String(error) }))`
    const answer = await this.command('POST', '/execute/async', { script, args })
    const { value, error } = answer as { value?: unknown; error?: string }
    if (error !== undefined) throw new Error(error)
    return value
  }

  async click(x: number, y: number): Promise<void> {
    const [left, top] = [Math.round(x), Math.round(y)]
    await this.#act({ type: 'pointer', id: 'mouse' }, [
      { type: 'pointerMove', x: left, y: top, duration: 0 },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ])
  }

  /** Presses keys one after the other and lets go of them in the opposite order. */
  async press(...keys: string[]): Promise<void> {
    const values = keys.map(key => KEYS[key] ?? key)
    await this.#act({ type: 'key', id: 'keyboard' }, [
      ...values.map(value => ({ type: 'keyDown', value })),
      ...values.toReversed().map(value => ({ type: 'keyUp', value })),
    ])
  }

  async close(): Promise<void> {
    await this.command('DELETE', '').catch(() => {})
    this.child.kill()
  }

  async #act(source: object, actions: readonly object[]): Promise<void> {
    await this.command('POST', '/actions', { actions: [{ ...source, actions }] })
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, { method, body: body && JSON.stringify(body) })
    const { value } = (await response.json()) as { value: unknown }
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }
}

/** A port of the system's choice: those are none that fetch refuses. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
