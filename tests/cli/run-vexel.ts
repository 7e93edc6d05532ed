// The built command line, run as a person runs it. Every call is also held to end without a stack trace.

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const CLI = fileURLToPath(new URL('../../lib/cli.js', import.meta.url))

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
  /** A file or device that stdout goes to; its text is then not kept. */
  readonly stdoutPath?: string
  /** For node itself, before the script. */
  readonly nodeArgs?: readonly string[]
}

/** Runs the built command line; what ends in a stack trace or an internal error fails right here. */
export async function runVexel(
  args: readonly string[],
  { cwd, stdin = '', nodeArgs = [], stdoutPath }: RunOptions,
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
  const stderr = Buffer.concat(err).toString()
  expect(stderr, args.join(' ')).not.toMatch(/^\s+at |internal error|node:internal|UnhandledPromise/m)
  const stdout = Buffer.concat(out)
  return { code, stdout, text: stdout.toString(), stderr }
}

/** Runs what must be refused: this code, nothing on stdout, one line on stderr that matches. */
export async function expectRefused(
  args: readonly string[],
  code: number,
  line: RegExp,
  options: RunOptions,
): Promise<void> {
  const outcome = await runVexel(args, options)
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
