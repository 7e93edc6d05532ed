// What a run of the command line holds at most, as Linux tells it of a process.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export const isPeakKnown = existsSync('/proc/self/status')

export interface MeasuredRun {
  readonly code: number | null
  readonly stdout: Buffer
  /** Megabytes of real memory, the process with all its threads. */
  readonly peakMb: number
}

/** Runs a Node script to its end. @param args the script and its arguments */
export async function runMeasured(args: readonly string[], cwd?: string): Promise<MeasuredRun> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let peakKilobytes = 0
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peakKilobytes = Math.max(peakKilobytes, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0))
    } catch {
      // It has just ended.
    }
  }, 20)
  const chunks: Buffer[] = []
  child.stdout.on('data', chunk => chunks.push(chunk))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearInterval(timer)
  return { code, stdout: Buffer.concat(chunks), peakMb: peakKilobytes / 1000 }
}
