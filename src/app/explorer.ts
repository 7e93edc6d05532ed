// The explorer: puts together what draws, what is open, what is seen and the address, and follows links. Nothing is kept here.

import { printableName } from '../model/printable.js'
import type { SampleCount } from '../model/samples.js'
import { wholeFrame } from '../model/view.js'
import { drawingOverride } from '../draw/override.js'
import { RendererLifecycle } from '../draw/renderer-lifecycle.js'
import { Viewer } from '../draw/viewer.js'
import type { LoadedFile } from '../open/load-file.js'
import type { OpenFile } from '../open/open-file.js'
import { Address } from './address.js'
import { IncomingFiles } from './incoming-files.js'
import { isAbort, Messages } from './messages.js'
import { isFileNamed, isNamedOpen, openNamed } from './named-file.js'
import { KeptEdits } from './open/kept-edits.js'
import { LinkedFiles } from './open/linked-files.js'
import { Opened } from './open/opened.js'
import { OwnFiles, type OwnSource } from './open/own-files.js'
import type { Page } from './page.js'
import { PAGE_PARTS, type PageState } from './page-state.js'
import { Places } from './places/places.js'
import { Probe } from './probe.js'
import { Proof } from './proof.js'
import { registerParts } from './registered-parts.js'
import { Signal } from './signal.js'
import type { WallFlag } from './wall/flag.js'
import { Wall } from './wall/wall.js'

/** A feature with a part of the address, for links. */
export interface Restorable {
  /** Makes what an address says of it so. @returns what is wrong with that, in a line; null for nothing @throws with one line */
  readonly restore: (state: PageState) => Promise<string | null>
}

export class Explorer implements Page {
  /** Anything that the page shows has changed. */
  readonly changed = new Signal()
  readonly viewer: Viewer
  readonly opened: Opened
  readonly kept = new KeptEdits()
  readonly own = new OwnFiles()
  readonly linked = new LinkedFiles()
  readonly wall: Wall
  readonly places: Places
  readonly messages = new Messages()
  readonly probe: Probe
  readonly proof: Proof
  readonly address: Address
  readonly files: IncomingFiles
  #outline = PAGE_PARTS.outline.default
  readonly #features: Restorable[] = []
  readonly #sources: OwnSource[] = []
  #afterOpen: (file: OpenFile) => Promise<void> = async () => {}
  #afterHang: (flags: readonly WallFlag[]) => void = () => {}

  /**
   * @param host what the canvas fills
   * @param save gives the person a file
   */
  constructor(
    host: HTMLElement,
    readonly save: (file: File) => void,
  ) {
    this.viewer = new Viewer(
      host,
      {
        onChange: () => {
          this.places.cameraMoved()
          this.places.changed.emit()
          this.address.schedule()
        },
        onResize: () => this.places.resized(),
        onRefused: (resident, error) => {
          const flag = this.wall.flagBy(resident)
          if (flag) this.wall.refuse(flag, error)
        },
        onStatus: () => this.requestRender(),
        wholeScale: () => this.places.current.home.scale,
      },
      (host, events) => new RendererLifecycle(host, events, drawingOverride(location.search)),
    )
    this.opened = new Opened(this.viewer)
    this.wall = new Wall(this.viewer, {
      isSeen: () => this.places.isWall,
      isEdited: key => this.kept.isEdited(key),
      onChange: () => this.places.changed.emit(),
      rehang: arrange => this.places.rehang(this.wall, arrange),
      back: () => void this.places.showWall(),
    })
    this.address = new Address(
      // While a file is on its way the address already names it.
      () => this.opened.isLoading || this.viewer.viewport.width === 0,
      hash => void this.#follow(hash),
    )
    const write = (how: 'push' | 'replace') => this.address.write(how)
    this.places = new Places(this.viewer, this.opened, this.wall, write)
    this.probe = new Probe(this.viewer)
    this.proof = new Proof(this.viewer, this.opened)
    const { viewer, opened, own, places, wall, messages } = this
    const afterOpen = (file: OpenFile) => this.#afterOpen(file)
    const afterHang = (flags: readonly WallFlag[]) => this.#afterHang(flags)
    const ask = async (file: LoadedFile, layers: string) =>
      await (await import('./architecture/ask.js')).askArchitecture(file, layers)
    this.files = new IncomingFiles({ viewer, opened, own, places, wall, messages, write, afterOpen, afterHang, ask })
    for (const { changed } of [this.opened, this.places, this.messages, this.probe, this.proof])
      changed.subscribe(this.requestRender)
    this.opened.changed.subscribe(() => this.address.schedule())
    registerParts(this, () => this.wall.sort)
  }

  readonly requestRender = (): void => {
    this.changed.emit()
  }

  /**
   * Puts the features to work.
   * @param features in the order in which an address makes them so
   * @param sources of files of the person's own, in the order in which they are asked
   * @param afterOpen what more a file wants that a person opened
   * @param afterHang what more files want that a person hung on the wall
   */
  connect(
    features: readonly Restorable[],
    sources: readonly OwnSource[],
    afterOpen: (file: OpenFile) => Promise<void>,
    afterHang: (flags: readonly WallFlag[]) => void,
  ): void {
    this.#features.push(...features)
    this.#sources.push(...sources)
    this.#afterOpen = afterOpen
    this.#afterHang = afterHang
  }

  /** Opens what the address names: the wall, or a file. Resolves when it can be drawn, or never will be. */
  async start(): Promise<void> {
    // Nothing of the wall is shown, nor loaded, on the way to a flag.
    const { state } = this.address.read(location.hash)
    const signal = isFileNamed(state as unknown as PageState) ? this.opened.beginLoading() : null
    this.viewer.contents.isExpecting = true
    try {
      await this.wall.start()
      if (this.wall.problems.length > 0) this.messages.warn(`the list of flags: ${this.wall.problems.join('; ')}`)
    } catch {
      this.messages.warn('the list of flags could not be loaded; open a file of your own')
    }
    if (signal) this.opened.endLoading(signal)
    await this.#follow(location.hash)
    // Where an open file is seen from is known when there is something that draws it; that there is nothing is told by the page.
    await this.viewer.lifecycle.whenReady().catch(() => {})
  }

  /** All that the hash spells. */
  get state(): PageState {
    return this.address.state as unknown as PageState
  }

  get samples(): SampleCount | null {
    return this.viewer.loop.samples
  }

  set samples(samples: SampleCount | null) {
    this.viewer.loop.samples = samples
    this.requestRender()
  }

  /** Whether the frame is outlined. */
  get outline(): boolean {
    return this.#outline
  }

  set outline(outline: boolean) {
    this.#outline = outline
    this.address.schedule()
    this.requestRender()
  }

  dispose(): void {
    this.address.dispose()
    this.messages.dispose()
    this.wall.dispose()
    this.opened.abortLoading()
    this.viewer.dispose()
  }

  /** Makes what a hash says so. */
  async #follow(hash: string): Promise<void> {
    const { opened, viewer, places, messages, wall } = this
    opened.abortLoading()
    const parsed = this.address.read(hash)
    const state = parsed.state as unknown as PageState
    const problems = [...parsed.problems]
    viewer.loop.samples = state.samples
    this.#outline = state.outline
    if (state.sort !== wall.sort) wall.sort = state.sort
    if (!isFileNamed(state)) {
      const isThere = places.showWallAt(state)
      if (!isThere) problems.push(`link: wall: there is no flag "${printableName((state.wall ?? '').slice(0, 30))}"`)
    } else
      try {
        problems.push(...(await this.#open(state)))
      } catch (error) {
        // Something else was opened meanwhile.
        if (isAbort(error)) return
        // A page must not stay empty because of a bad link: the wall is there, under the message.
        if (!opened.file) places.showWallAt({ wall: null, x: null, y: null, zoom: 1 })
        messages.sayError(error)
        return
      }
    if (problems.length > 0) messages.warn(problems.join('; '))
    this.requestRender()
  }

  /** Opens the file of a state, and all that is seen of it. @returns what is wrong with that, a line each */
  async #open(state: PageState): Promise<string[]> {
    const { opened, viewer, places } = this
    const problems: string[] = []
    const { file } = opened
    if (!isNamedOpen(state, this)) await openNamed(state, this, this.#sources)
    else if (file && places.kind !== 'strip') opened.setFrame(state.frame ?? file.ownFrame, state.frame !== null)
    for (const feature of this.#features) {
      const problem = await feature.restore(state)
      if (problem !== null) problems.push(problem)
    }
    const { frame } = opened
    if (frame && places.kind === 'flag') {
      const whole = wholeFrame(frame)
      viewer.navigator.setView({ x: state.x ?? whole.x, y: state.y ?? whole.y, zoom: state.zoom })
    }
    return problems
  }
}
