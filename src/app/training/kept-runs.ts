// Trainings that were under way when their page went: what it takes to go on with them, in this browser. A training whose page is still there, in
// another tab, is that tab's: a lock of its name says so.

import { BrowserStore } from '../browser-store.js'
import { setMark } from '../mark.js'
import type { RunPlan } from './plan.js'

/** A training that can be taken up again. */
export interface KeptRun {
  /** Of the image. */
  readonly name: string
  readonly plan: RunPlan
  /** See src/train/checkpoint.ts. */
  readonly checkpoint: Uint8Array
  /** Training time that the run may take, seconds; null where its length is one of steps. */
  readonly budget: number | null
  /** How much of it is done, 0 to 1. */
  readonly share: number
  /** As it was measured last, dB. */
  readonly psnr: number | null
  /** When it was kept, Unix time in ms. */
  readonly timeMs: number
}

export type KeptRunEntry = KeptRun & { readonly key: string }

const REFUSALS = {
  full: 'there is no room left in this browser: a training does not outlive its page; save the network as it is',
  none: 'this browser keeps nothing here (a private window does not): a training does not outlive its page',
}

export class KeptRuns {
  readonly #runs = new BrowserStore<KeptRun>('vexel-runs', 'runs', REFUSALS)
  /** Apart from the runs, which are written again and again. */
  readonly #images = new BrowserStore<Uint8Array>('vexel-run-images', 'images', REFUSALS)
  /** What gives the locks of this page back, by key. */
  readonly #held = new Map<string, () => void>()

  /** The one that was kept last of those that no page is at; null for none. */
  async latest(): Promise<KeptRunEntry | null> {
    const all = await this.#runs.entries()
    setMark('vexel-runs', all.length > 0)
    const taken = await takenKeys()
    const free = all.filter(([key]) => !taken.has(key)).toSorted(([, a], [, b]) => b.timeMs - a.timeMs)
    return free.length > 0 ? { key: free[0][0], ...free[0][1] } : null
  }

  /** @returns null where there is none, or a page is at it */
  async get(key: string): Promise<KeptRunEntry | null> {
    const run = (await takenKeys()).has(key) ? null : await this.#runs.get(key)
    return run && { key, ...run }
  }

  /** The image of a training. @returns null where there is none */
  async image(key: string): Promise<Uint8Array | null> {
    return await this.#images.get(key)
  }

  /** Keeps a training as it is by now. @param image only needed for the first time */
  async put(key: string, run: KeptRun, image: Blob): Promise<void> {
    if (!this.#held.has(key)) {
      this.hold(key)
      await this.#images.put(key, new Uint8Array(await image.arrayBuffer()))
    }
    await this.#runs.put(key, run)
    setMark('vexel-runs', true)
  }

  async remove(key: string): Promise<void> {
    await this.#runs.remove(key)
    await this.#images.remove(key)
    this.#held.get(key)?.()
    this.#held.delete(key)
    setMark('vexel-runs', (await this.#runs.entries()).length > 0)
  }

  /** This page is at a training from now on: no other one takes it up. */
  hold(key: string): void {
    let release = () => {}
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    this.#held.set(key, release)
    // Not everywhere, and not on an insecure page: there two tabs may take up the same training.
    void navigator.locks?.request(LOCK + key, () => released)
  }
}

const LOCK = 'vexel-run-'

/** Keys of the trainings that pages of this browser are at. */
async function takenKeys(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])))
}
