// vexel train as a process that can be interrupted and killed, and what it leaves behind.

import { type ChildProcess, spawn } from 'node:child_process'
import { encode } from 'fast-png'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Checkpoint, decodeCheckpoint } from '../../src/train/checkpoint.js'

const CLI = fileURLToPath(new URL('../../lib/cli.js', import.meta.url))

/** A PNG of 32 x 20: a disc in a field. */
export function discPng(path: string, disc = [204, 26, 26], field = [26, 51, 153]): string {
  const [width, height] = [32, 20]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set((x - 15.5) ** 2 + (y - 9.5) ** 2 < 36 ? disc : field, 3 * (y * width + x))
  writeFileSync(path, encode({ width, height, data, channels: 3, depth: 8 }))
  return path
}

export interface TrainProcess {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

/** Starts the built command line. @param shell of bash, before the command: a limit to run under */
export function startVexel(args: readonly string[], shell?: string): TrainProcess {
  const child = shell
    ? spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, CLI, ...args])
    : spawn(process.execPath, [CLI, ...args])
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += chunk))
  child.stderr.on('data', chunk => (stderr += chunk))
  child.stdin.end()
  const ended = new Promise<Awaited<TrainProcess['ended']>>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
  return { child, ended }
}

/** Waits until the run has got so far by its JSON lines; false when it ends before. */
export async function untilStep({ child, ended }: TrainProcess, step: number): Promise<boolean> {
  return await new Promise(resolve => {
    let text = ''
    child.stdout?.on('data', chunk => {
      text += chunk
      const steps = [...text.matchAll(/"step":(\d+)/g)].map(match => Number(match[1]))
      if (steps.some(at => at >= step)) resolve(true)
    })
    void ended.then(() => resolve(false))
  })
}

/** Holds that OUT is absent or whole, and its checkpoint too; returns the checkpoint. */
export function checkLeftBehind(out: string): Checkpoint | null {
  if (existsSync(out)) expect(createNetwork(StateDict.parse(readFileSync(out))).architecture.name).toBe('MysteryNet')
  if (!existsSync(`${out}.checkpoint`)) return null
  return decodeCheckpoint(readFileSync(`${out}.checkpoint`))
}

/** What stands beside OUT and begins with its name. */
export function filesOf(out: string): string[] {
  const stem = basename(out).replace(/\.safetensors$/, '')
  return readdirSync(dirname(out))
    .filter(name => name.startsWith(stem))
    .sort()
}
