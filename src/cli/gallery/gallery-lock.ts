// One process of a machine at a time writes a manifest. The lock is a socket that the process listens on, not a file: the
// system lets go of it however the process ends, so a killed one never stands in the way. Machines that share a folder do not
// see each other's locks: they take shards.

import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

export interface Lock {
  release(): Promise<void>
}

/** Takes the lock of a manifest, whose folder is there. @returns null when a process of this machine holds it */
export async function lockManifest(path: string): Promise<Lock | null> {
  const whole = join(await realpath(dirname(path)), basename(path))
  const name = `vexel-${createHash('sha256').update(whole).digest('hex').slice(0, 16)}`
  return await lockAddress(addressOf(name))
}

function addressOf(name: string): string {
  // Linux and Windows have names that vanish with their owner.
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), name)
}

/** Takes a lock by the address of its socket: a name, or a file, which a killed owner leaves behind. */
export async function lockAddress(address: string): Promise<Lock | null> {
  const server = createServer(socket => socket.destroy())
  let outcome = await listen(server, address)
  if (outcome === 'taken') {
    if (await isHeld(address)) return null
    await rm(address, { force: true })
    outcome = await listen(server, address)
  }
  if (outcome === 'taken') return null
  // A machine that gives no sockets gives no locks: it is trusted.
  if (outcome === 'impossible') return { release: async () => {} }
  // The lock alone keeps no process alive.
  server.unref()
  return { release: () => new Promise(resolve => server.close(() => resolve())) }
}

async function listen(server: Server, address: string): Promise<'held' | 'taken' | 'impossible'> {
  return await new Promise(resolve => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'taken' : 'impossible'),
    )
    server.listen(address, () => resolve('held'))
  })
}

async function isHeld(address: string): Promise<boolean> {
  if (address.startsWith('\0')) return true
  return await new Promise(resolve => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
