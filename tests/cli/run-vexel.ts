// The built command line, run as a function of its arguments and streams in this process; or as a person runs it, in a
// process of its own, where that is the subject. Every call is also held to end without a stack trace.

import { spawn } from 'node:child_process'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { Terminal } from '../../src/cli/terminal.js'

/** The script that `vexel` is. */
export const CLI = fileURLToPath(new URL('../../lib/cli.js', import.meta.url))

const built: Promise<typeof import('../../src/cli/vexel.js')> = import(
  new URL('../../lib/vexel.js', import.meta.url).href
)

export interface Outcome {
  readonly code: number | null
  readonly stdout: Buffer
  readonly text: string
  readonly stderr: string
}

/** Where and how to run. */
export interface RunOptions {
  readonly cwd: string
  readonly stdin?: string | Uint8Array
}

export interface SpawnOptions extends RunOptions {
  /** A file or device that stdout goes to; its text is then not kept. */
  readonly stdoutPath?: string
  /** For node itself, before the script. */
  readonly nodeArgs?: readonly string[]
}

/** Runs the built command line in this process; what ends in a stack trace or an internal error fails right here. */
export async function runVexel(args: readonly string[], { cwd, stdin = '' }: RunOptions): Promise<Outcome> {
  const { runVexel: call } = await built
  const out: Buffer[] = []
  const err: Buffer[] = []
  const terminal = new Terminal(Readable.from([Buffer.from(stdin)]), collector(out), collector(err))
  const code = await inFolder(cwd, () => call(args, terminal))
  return outcomeOf(args, code, out, err)
}

/** Runs the built command line in a process of its own, as {@link runVexel} else. */
export async function spawnVexel(
  args: readonly string[],
  { cwd, stdin = '', nodeArgs = [], stdoutPath }: SpawnOptions,
): Promise<Outcome> {
  const stdoutFile = stdoutPath === undefined ? null : openSync(stdoutPath, 'w')
  const child = spawn(process.execPath, [...nodeArgs, CLI, ...args], {
    cwd,
    stdio: ['pipe', stdoutFile ?? 'pipe', 'pipe'],
  })
  if (stdoutFile !== null) closeSync(stdoutFile)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', chunk => out.push(chunk))
  child.stderr?.on('data', chunk => err.push(chunk))
  // Whoever does not read its stdin may close it.
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return outcomeOf(args, code, out, err)
}

function collector(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
}

function outcomeOf(args: readonly string[], code: number | null, out: Buffer[], err: Buffer[]): Outcome {
  const stderr = Buffer.concat(err).toString()
  expect(stderr, args.join(' ')).not.toMatch(/^\s+at |internal error|node:internal|UnhandledPromise/m)
  const stdout = Buffer.concat(out)
  return { code, stdout, text: stdout.toString(), stderr }
}

const home = process.cwd()
let inside = 0

/** A process has one working folder: calls that run at the same time must want the same. */
async function inFolder<T>(folder: string, run: () => Promise<T>): Promise<T> {
  if (inside === 0) process.chdir(folder)
  else expect(process.cwd(), 'another call is under way elsewhere').toBe(realpathSync(folder))
  inside++
  try {
    return await run()
  } finally {
    if (--inside === 0) process.chdir(home)
  }
}

/**
 * Runs what must be refused: this code, nothing on stdout, one line on stderr that matches.
 * @param run in this process unless it is {@link spawnVexel}
 */
export async function expectRefused<Options extends RunOptions = RunOptions>(
  args: readonly string[],
  code: number,
  line: RegExp,
  options: Options,
  run: (args: readonly string[], options: Options) => Promise<Outcome> = runVexel,
): Promise<void> {
  const outcome = await run(args, options)
  expect({ code: outcome.code, stdout: outcome.text }, `${args.join(' ')}: ${outcome.stderr}`).toEqual({
    code,
    stdout: '',
  })
  expect(outcome.stderr).toMatch(/^[^\n]+\n$/)
  expect(outcome.stderr).toMatch(line)
}

/** A text as a pattern that matches it. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
