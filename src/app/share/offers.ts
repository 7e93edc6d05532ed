// What is offered of the open flag, and made for it: kept here while the dialog is open, and made anew with the next one.

import { type Host, HOSTS } from '../../export/hosts.js'
import { linkReach, type LinkPrecision } from '../../export/packed/link.js'
import { pageScriptName } from '../../export/page/page-ids.js'
import { isDense } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import { isAbort, lineOf } from '../messages.js'
import { makeShared } from './ask.js'
import type { PicturePlan } from './picture-plan.js'
import type { Made, Shared, ShareWish } from './share-worker.js'

export type Program = Exclude<Host, 'html'>
export const PROGRAMS = (Object.keys(HOSTS) as Host[]).filter((host): host is Program => host !== 'html')

/** What an offer has come to: null while it is being made. */
export type Offer = { readonly made: Made } | { readonly problem: string } | null

export class Offers {
  readonly #offers = new Map<string, Offer>()
  readonly #abort = new AbortController()
  /** One after the other: they would only take the cores from each other, and from the picture. */
  #turn: Promise<unknown> = Promise.resolve()
  #film: Promise<Uint8Array> | null = null

  /**
   * @param filmFile fetches the film of its training
   * @param onChange another offer is there
   */
  constructor(
    readonly shared: Shared,
    private readonly filmFile: () => Promise<Uint8Array>,
    private readonly onChange: () => void,
  ) {}

  link(precision: LinkPrecision): Offer {
    return this.#offer(`link ${precision}`, async () => ({ kind: 'link', precision }))
  }

  /** @param hasFilm whether the film of its training plays in it */
  webPage(hasFilm: boolean): Offer {
    return this.#offer(`page ${hasFilm}`, async () => {
      const film = hasFilm ? await (this.#film ??= this.filmFile()) : null
      return { kind: 'page', script: await fetchScript(hasFilm, this.shared.network), film }
    })
  }

  program(host: Program): Offer {
    return this.#offer(host, async () => ({ kind: 'program', host }))
  }

  /** Draws a picture. @param signal default: until the dialog is closed @throws with one line; AbortError when it was cancelled */
  async picture(plan: PicturePlan, signal?: AbortSignal, onProgress?: (rows: number) => void): Promise<Blob> {
    const until = signal ?? this.#abort.signal
    const { parts } = await makeShared(this.shared, { kind: 'picture', plan }, until, onProgress)
    return new Blob([...parts], { type: 'image/png' })
  }

  /** What is still being made is not wanted any more. */
  dispose(): void {
    this.#abort.abort(new DOMException('the dialog was closed', 'AbortError'))
  }

  #offer(key: string, wish: () => Promise<ShareWish>): Offer {
    const known = this.#offers.get(key)
    if (known !== undefined) return known
    this.#offers.set(key, null)
    const { signal } = this.#abort
    this.#turn = this.#turn.then(async () => {
      try {
        signal.throwIfAborted()
        this.#offers.set(key, { made: await makeShared(this.shared, await wish(), signal) })
      } catch (error) {
        if (isAbort(error)) return
        this.#offers.set(key, { problem: lineOf(error) })
      }
      this.onChange()
    })
    return null
  }
}

async function fetchScript(hasFilm: boolean, { architecture }: Network): Promise<string> {
  const name = pageScriptName({ hasFilm, isAny: !isDense(architecture) })
  const response = await fetch(name).catch(() => null)
  if (!response?.ok) throw new FormatError('what draws in such a page could not be loaded')
  return await response.text()
}

/** What a link of this offer is, in words; it may be told what it costs before it is chosen. */
export function linkFacts({ parts, psnr }: Made, letters: number): { readonly short: string; readonly reach: string } {
  const distance = psnr === null || psnr === Number.POSITIVE_INFINITY ? 'no difference' : `${psnr.toFixed(1)} dB`
  return {
    short: `${(parts[0] as string).length.toLocaleString('en')} characters, ${distance}`,
    reach: linkReach(letters),
  }
}
