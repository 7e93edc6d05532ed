// How long `vexel render` takes for a picture that nobody holds in memory, and how much memory it takes: the built command
// line as a person runs it, PNG and all.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RenderTiming {
  readonly width: number
  readonly height: number
  readonly threads: number
  readonly seconds: number
  readonly fileMegabytes: number
  /** Resident at most, in millions of bytes; null where the system does not tell. */
  readonly peakMegabytes: number | null
}

const CLI = fileURLToPath(new URL('../lib/cli.js', import.meta.url))
// Two by one.
const FLAG = 'public/flags/my.safetensors'
const WIDTH = 8192
const WATCH_MS = 20

/** Renders the flag 8,192 pixels wide on all cores. */
export async function measureRender(): Promise<RenderTiming> {
  const folder = await mkdtemp(join(tmpdir(), 'vexel-bench-'))
  try {
    const out = join(folder, 'flag.png')
    const threads = availableParallelism()
    const args = [CLI, 'render', FLAG, '-o', out, '--width', String(WIDTH), '--threads', String(threads)]
    const startMs = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    let peakMegabytes: number | null = null
    const timer = setInterval(() => {
      peakMegabytes = residentPeak(child.pid) ?? peakMegabytes
    }, WATCH_MS)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    clearInterval(timer)
    const seconds = (performance.now() - startMs) / 1000
    if (code !== 0) throw new Error(`render: expected exit code 0, got ${code}`)
    const fileMegabytes = (await stat(out)).size / 1e6
    return { width: WIDTH, height: WIDTH / 2, threads, seconds, fileMegabytes, peakMegabytes }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The high-water mark of a process, which Linux keeps; null elsewhere, and once it has ended. */
function residentPeak(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1e6
  } catch {
    return null
  }
}
