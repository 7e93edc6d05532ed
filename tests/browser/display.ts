// A display without a screen: Firefox and WebKit draw with GL only where there is one.

import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { onPath } from './other-browsers.js'

export interface Display {
  /** As the variable DISPLAY has it. */
  readonly name: string
  close(): void
}

/** Starts Xvfb under a number that is free; null where there is no Xvfb. */
export async function startDisplay(): Promise<Display | null> {
  const [path] = onPath('Xvfb')
  if (!path) return null
  // It tells its number, once it is there, through the file 3.
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise<string>((resolve, reject) => {
    ;(child.stdio[3] as Readable).once('data', data => resolve(String(data).trim()))
    child.once('exit', code => reject(new Error(`Xvfb ended with ${code}`)))
  })
  return { name: `:${number}`, close: () => child.kill() }
}

/** The environment of a browser there: in software, for the same pixels everywhere. */
export function environmentOf(display: Display): NodeJS.ProcessEnv {
  return { ...process.env, DISPLAY: display.name, LIBGL_ALWAYS_SOFTWARE: '1' }
}
