// Chromium's command line for drawing without a window: which GL it draws with, and what a container or root needs.

import { existsSync, statfsSync } from 'node:fs'
import { FormatError } from '../../model/errors.js'

/** How the browser draws: in software by SwiftShader or Mesa's llvmpipe, by the machine's Vulkan driver, or as it likes. */
export type GlBackend = 'swiftshader' | 'llvmpipe' | 'vulkan' | 'hardware'

const GL_FLAGS: Readonly<Record<GlBackend, readonly string[]>> = {
  swiftshader: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  llvmpipe: ['--use-gl=angle', '--use-angle=gl-egl', '--ignore-gpu-blocklist'],
  vulkan: ['--use-angle=vulkan', '--enable-features=Vulkan', '--disable-vulkan-surface', '--ignore-gpu-blocklist'],
  hardware: [],
}

/** Chromium keeps pictures shared between its processes in /dev/shm; Docker's default of 64 MB makes its tabs crash. */
const ENOUGH_SHM_BYTES = 512 * 1024 * 1024

/** Reads the GL backend from `VEXEL_GL`; `swiftshader` when it is not set, for the same pixels on every machine. */
export function glFromEnv(env: NodeJS.ProcessEnv): GlBackend {
  const value = env.VEXEL_GL || 'swiftshader'
  if (Object.hasOwn(GL_FLAGS, value)) return value as GlBackend
  throw new FormatError(`VEXEL_GL: expected ${Object.keys(GL_FLAGS).join(', ')}, got ${value}`)
}

/** Pages of the browser's own address bar, which newer Chromiums load beside every page: 0.7 seconds of a core each time. */
const ADDRESS_BAR_FEATURES = ['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup'] as const

/** Lists the flags for one GL backend, and those that keep the browser off the network and its own pages unloaded. puppeteer adds its own. */
export function browserFlags(gl: GlBackend): string[] {
  const unwanted = ['--disable-component-update', '--disable-quic', '--no-default-browser-check']
  return [...GL_FLAGS[gl], ...unwanted, `--disable-features=${ADDRESS_BAR_FEATURES.join(',')}`]
}

/** The environment the browser runs in: LIBGL_ALWAYS_SOFTWARE makes Mesa pick llvmpipe even beside a GPU. */
export function browserEnv(gl: GlBackend, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return gl === 'llvmpipe' ? { ...env, LIBGL_ALWAYS_SOFTWARE: '1' } : env
}

/** Tells whether this is a container or a CI run, where doing without Chromium's sandbox is acceptable if there is none. */
export function isContainer(env: NodeJS.ProcessEnv): boolean {
  return (
    Boolean(env.CI || env.container || env.KUBERNETES_SERVICE_HOST) || CONTAINER_MARKS.some(path => existsSync(path))
  )
}

const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'] as const

/** Lists puppeteer's default flags that do harm here: with room in /dev/shm, the files would only move to a slower /tmp. */
export function unwantedDefaultFlags(): string[] {
  return shmFreeBytes() >= ENOUGH_SHM_BYTES ? ['--disable-dev-shm-usage'] : []
}

function shmFreeBytes(): number {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize
  } catch {
    return 0 // only Linux has it
  }
}
