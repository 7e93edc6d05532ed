// A team of drawing workers: every worker holds every network, and whichever is free takes the next piece of work.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { DrawnRegion, Region } from '../kernel/region.js'
import type { NetworkHandle } from '../world/item.js'
import { startTileWorker } from './start-tile-worker.js'
import type { TileReply, TileRequest } from './tile-answers.js'

/** A region to be drawn, and who gets it. */
export interface Piece {
  readonly network: NetworkHandle
  readonly region: Region
  /** Asked when a worker is free for it: what is not wanted any more costs nobody time. */
  readonly isWanted: () => boolean
  /** Null when the network was removed before, or it is not wanted any more. */
  readonly onDrawn: Receive
}

type Receive = (drawn: DrawnRegion | null) => void

interface Member {
  readonly worker: Worker
  /** Who waits for its next replies, in order. */
  readonly waiting: { receive: Receive; reject: (error: Error) => void; isPiece: boolean; askedMs: number }[]
  /** Networks it has old weights of. */
  readonly outdated: Set<NetworkHandle>
}

// One piece that is drawn and one that waits: the page may be busy when the first is done.
const PIECES_A_WORKER = 2

export class TileTeam {
  readonly #members: Member[]
  readonly #pieces: Piece[] = []
  /** The latest weights of networks that were updated. */
  readonly #updated = new Map<NetworkHandle, FoldedNetwork>()
  /** Whether others want the processor's cores: all pieces go to one worker, which rests as long as it works. */
  isSharing = false
  #restTimer = 0
  #restUntilMs = 0
  #nextHandle: NetworkHandle = 1
  #isFailed = false

  /** @param onFail told once, when a worker cannot go on */
  constructor(
    count: number,
    private readonly onFail: (error: Error) => void,
  ) {
    this.#members = Array.from({ length: count }, () => this.#spawn())
  }

  /** Workers alive. */
  get size(): number {
    return this.#members.length
  }

  /** Gives a network to all workers; rejects with UnsupportedError when one cannot take it. */
  async addNetwork(folded: FoldedNetwork): Promise<NetworkHandle> {
    const network = this.#nextHandle++
    await Promise.all(
      this.#members.map(
        member =>
          new Promise<void>((resolve, reject) => {
            this.#ask(member, { kind: 'set', network, folded }, { receive: () => resolve(), reject, isPiece: false })
          }),
      ),
    )
    return network
  }

  /**
   * Replaces a network: what is asked for from now on is drawn with it. A worker gets it with its next piece, so that of
   * weights that come faster than pictures only the newest are sent.
   */
  updateNetwork(network: NetworkHandle, folded: FoldedNetwork): void {
    this.#updated.set(network, folded)
    for (const { outdated } of this.#members) outdated.add(network)
  }

  removeNetwork(network: NetworkHandle): void {
    this.#updated.delete(network)
    for (const { worker, outdated } of this.#members) {
      outdated.delete(network)
      worker.postMessage({ kind: 'remove', network } satisfies TileRequest, [])
    }
    const dropped = this.#pieces.filter(piece => piece.network === network)
    const kept = this.#pieces.filter(piece => piece.network !== network)
    this.#pieces.splice(0, this.#pieces.length, ...kept)
    for (const { onDrawn } of dropped) onDrawn(null)
  }

  /** Draws pieces, the first ones first. */
  draw(pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces)
    this.#deal()
  }

  /** Ends the workers; whoever waits is told that nothing will come. */
  dispose(): void {
    clearTimeout(this.#restTimer)
    const members = this.#members.splice(0)
    const pieces = this.#pieces.splice(0)
    for (const { worker } of members) worker.terminate()
    for (const { waiting } of members) for (const { receive } of waiting.splice(0)) receive(null)
    for (const { onDrawn } of pieces) onDrawn(null)
  }

  #spawn(): Member {
    const worker = startTileWorker()
    const member: Member = { worker, waiting: [], outdated: new Set() }
    worker.addEventListener('message', ({ data: reply }: MessageEvent<TileReply>) => {
      const waiting = member.waiting.shift()
      if (this.isSharing && waiting?.isPiece)
        this.#restUntilMs = performance.now() + (performance.now() - waiting.askedMs)
      if (reply.ok) waiting?.receive(reply.drawn)
      else waiting?.reject(new UnsupportedError(reply.reason))
      this.#deal()
    })
    const onError = (event: Event) => {
      const reason = event instanceof ErrorEvent && event.message ? event.message : 'it could not be loaded'
      const error = new UnsupportedError(`a drawing worker failed: ${reason}`)
      for (const { reject } of member.waiting.splice(0)) reject(error)
      this.#fail(error)
    }
    worker.addEventListener('error', onError)
    worker.addEventListener('messageerror', onError)
    return member
  }

  /** Gives pieces to whoever has least to do. */
  #deal(): void {
    const restMs = this.isSharing ? this.#restUntilMs - performance.now() : 0
    if (restMs > 0) {
      // Without such gaps a page on two cores, one of which trains, would get no frames while a picture is made.
      clearTimeout(this.#restTimer)
      this.#restTimer = window.setTimeout(() => this.#deal(), restMs)
      return
    }
    const members = this.isSharing ? this.#members.slice(0, 1) : this.#members
    for (let depth = 0; depth < (this.isSharing ? 1 : PIECES_A_WORKER); depth++)
      for (const member of members) {
        if (member.waiting.filter(({ isPiece }) => isPiece).length > depth) continue
        const piece = this.#nextPiece()
        if (!piece) return
        const { network, region, onDrawn } = piece
        this.#refresh(member, network)
        this.#ask(
          member,
          { kind: 'draw', network, region },
          {
            receive: onDrawn,
            reject: error => this.#fail(error),
            isPiece: true,
          },
        )
      }
  }

  #nextPiece(): Piece | undefined {
    let piece = this.#pieces.shift()
    while (piece && !piece.isWanted()) {
      piece.onDrawn(null)
      piece = this.#pieces.shift()
    }
    return piece
  }

  /** Sends a worker the latest weights of a network, unless it has them. */
  #refresh(member: Member, network: NetworkHandle): void {
    const folded = this.#updated.get(network)
    if (!member.outdated.delete(network) || !folded) return
    const waiting = { receive: () => {}, reject: (error: Error) => this.#fail(error), isPiece: false }
    this.#ask(member, { kind: 'set', network, folded }, waiting)
  }

  #ask(member: Member, request: TileRequest, waiting: Omit<Member['waiting'][number], 'askedMs'>): void {
    member.waiting.push({ ...waiting, askedMs: performance.now() })
    member.worker.postMessage(request, [])
  }

  #fail(error: Error): void {
    if (this.#isFailed) return
    this.#isFailed = true
    this.onFail(error)
  }
}
