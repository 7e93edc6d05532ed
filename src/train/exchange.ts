// How the replicas of a team hand each other their gradients, once a step: by a small SharedArrayBuffer where there is one,
// by messages where there is none. Every replica gets all vectors, in the team's order, and adds them up itself.

/** Gives a replica's vector to the others and returns all vectors in the team's order. */
export interface Exchange {
  gather(own: Float32Array): readonly Float32Array[] | Promise<readonly Float32Array[]>
}

/** What a worker makes its exchange from. Ports go to every other replica, null in its own place. */
export type Link =
  | { readonly kind: 'shared'; readonly buffer: SharedArrayBuffer; readonly index: number; readonly threads: number }
  | { readonly kind: 'ports'; readonly ports: readonly (MessagePort | null)[] }

// Word 0 counts arrivals; the vectors begin at byte 64, away from its cache line. Steps take turns between two sets of
// vectors: a replica that is a step ahead never writes what another still reads, so one barrier a step is enough.
const HEADER_BYTES = 64
const SETS = 2
// Waiting in the kernel of the system costs more than most waits last.
const SPINS = 2000

/** Makes the links of a team whose vectors have `count` floats. @param isShared whether to use a SharedArrayBuffer */
export function createLinks(threads: number, count: number, isShared: boolean): Link[] {
  if (isShared) {
    const buffer = new SharedArrayBuffer(HEADER_BYTES + SETS * threads * count * 4)
    return Array.from({ length: threads }, (_, index) => ({ kind: 'shared', buffer, index, threads }))
  }
  const ports: (MessagePort | null)[][] = Array.from({ length: threads }, () => new Array(threads).fill(null))
  for (let a = 0; a < threads; a++)
    for (let b = a + 1; b < threads; b++) {
      const { port1, port2 } = new MessageChannel()
      ports[a][b] = port1
      ports[b][a] = port2
    }
  return ports.map(row => ({ kind: 'ports', ports: row }))
}

/** A replica's end of a link. */
export function createExchange(link: Link): Exchange {
  return link.kind === 'shared' ? new SharedExchange(link) : new PortExchange(link.ports)
}

class SharedExchange implements Exchange {
  readonly #arrivals: Int32Array
  readonly #sets: readonly (readonly Float32Array[])[]
  readonly #index: number
  readonly #threads: number
  #turn = 0

  constructor({ buffer, index, threads }: Extract<Link, { kind: 'shared' }>) {
    const count = (buffer.byteLength - HEADER_BYTES) / (SETS * threads * 4)
    this.#arrivals = new Int32Array(buffer, 0, 1)
    this.#sets = Array.from({ length: SETS }, (_, set) =>
      Array.from(
        { length: threads },
        (_, i) => new Float32Array(buffer, HEADER_BYTES + (set * threads + i) * count * 4, count),
      ),
    )
    this.#index = index
    this.#threads = threads
  }

  gather(own: Float32Array): readonly Float32Array[] {
    const set = this.#sets[this.#turn % SETS]
    set[this.#index].set(own)
    this.#turn++
    // Wraps around with the counter: compared as a difference of 32-bit numbers.
    const wanted = (this.#turn * this.#threads) | 0
    if (((Atomics.add(this.#arrivals, 0, 1) + 1) | 0) === wanted) Atomics.notify(this.#arrivals, 0)
    for (let spins = 0; ; spins++) {
      const arrived = Atomics.load(this.#arrivals, 0)
      if (((arrived - wanted) | 0) >= 0) return set
      if (spins > SPINS) Atomics.wait(this.#arrivals, 0, arrived)
    }
  }
}

class PortExchange implements Exchange {
  readonly #ports: readonly (MessagePort | null)[]
  /** What has come and was not taken yet, and who waits for it, a replica each. */
  readonly #inboxes: Float32Array[][]
  readonly #waiting: (((vector: Float32Array) => void) | null)[]

  constructor(ports: readonly (MessagePort | null)[]) {
    this.#ports = ports
    this.#inboxes = ports.map(() => [])
    this.#waiting = ports.map(() => null)
    ports.forEach((port, index) => {
      if (!port) return
      port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
        const resolve = this.#waiting[index]
        this.#waiting[index] = null
        if (resolve) resolve(data)
        else this.#inboxes[index].push(data)
      }
    })
  }

  gather(own: Float32Array): Promise<readonly Float32Array[]> {
    for (const port of this.#ports) port?.postMessage(own.slice())
    return Promise.all(
      this.#ports.map((port, index) => {
        if (!port) return own.slice()
        const next = this.#inboxes[index].shift()
        return next ?? new Promise<Float32Array>(resolve => (this.#waiting[index] = resolve))
      }),
    )
  }
}
