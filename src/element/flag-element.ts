// <vexel-flag>: a network's picture in any page, drawn from its weights at any size and zoom. All elements of a page share one renderer;
// only what is seen is drawn.

import { FormatError } from '../model/errors.js'
import { frameAspect } from '../model/frame.js'
import { type View, wholeFrame } from '../model/view.js'
import type { Renderer } from '../draw/renderer.js'
import type { Viewer } from '../draw/viewer.js'
import type { OpenFile } from '../open/open-file.js'
import {
  type Interaction,
  readFrameOver,
  readInteraction,
  readPosition,
  readSamples,
  readView,
  type Read,
} from './attributes.js'
import { FilmPlayer } from './film-player.js'
import { FlagView } from './flag-view.js'
import { openTold } from './open-told.js'
import { SharedRenderer } from './shared-renderer.js'
import { createShell, type Shell } from './shell.js'
import { Turns } from './turns.js'

const page = { renderer: new SharedRenderer(), turns: new Turns() }

/** How far out of sight an element begins to draw. */
const VISIBLE_MARGIN = '100px'
const HINT_MS = 2500
/** What it is called without `alt`. */
const UNNAMED = 'picture of a coordinate network'

// The module may be imported where there is no DOM: then the class is only a name.
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement)

/**
 * Events: `load` (the network is there), `settle` (the picture at rest is complete), `camerachange`, and `error` (an ErrorEvent whose
 * message is one line; the same line stands in place of the picture). None of them bubbles.
 */
export class VexelFlagElement extends Base {
  static readonly observedAttributes = [
    'src',
    'x',
    'y',
    'zoom',
    'frame',
    'edits',
    'architecture',
    'film',
    'film-position',
    'film-autoplay',
    'samples',
    'interactive',
    'alt',
    'poster',
    'loading',
  ]

  /** What all elements draw with, null for whatever is faster: to be set before the first one draws. */
  static get renderer(): Renderer['kind'] | null {
    return SharedRenderer.override
  }

  static set renderer(kind: Renderer['kind'] | null) {
    SharedRenderer.override = kind
  }

  readonly #shell: Shell
  readonly #view: FlagView
  #file: OpenFile | null = null
  #player: FilmPlayer | null = null
  /** Ends what is being loaded. */
  #loading: AbortController | null = null
  /** Resolves when what was asked for last is open. */
  #opened: Promise<void> = Promise.resolve()
  #observer: IntersectionObserver | null = null
  #isNear = false
  /** A `src` that could not be opened, and is not tried again. */
  #refused: string | null = null
  #viewer: Viewer | null = null
  #detach = () => {}
  #hintTimer = 0

  constructor() {
    super()
    this.#shell = createShell(this.attachShadow({ mode: 'open' }))
    const { stage, canvas } = this.#shell
    stage.setAttribute('aria-label', UNNAMED)
    this.#view = new FlagView(stage, canvas, page, {
      onPicture: () => stage.toggleAttribute('data-drawn', true),
      onCamera: () => this.dispatchEvent(new CustomEvent('camerachange')),
      onSettle: () => this.dispatchEvent(new CustomEvent('settle')),
      onError: error => this.#refuse(error),
      onViewer: viewer => {
        this.#viewer = viewer
        this.#attach()
        return () => {
          this.#detach()
          this.#detach = () => {}
          this.#viewer = null
        }
      },
    })
  }

  /** @internal */
  connectedCallback(): void {
    this.#observer = new IntersectionObserver(
      entries => {
        this.#isNear = entries.some(({ isIntersecting }) => isIntersecting)
        if (this.#isNear) this.#loadOnce()
        this.#view.isVisible = this.#isNear
      },
      { rootMargin: VISIBLE_MARGIN },
    )
    this.#observer.observe(this)
    if (this.getAttribute('loading') !== 'lazy') this.#loadOnce()
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#observer?.disconnect()
    this.#player?.pause()
    this.#view.isVisible = false
    clearTimeout(this.#hintTimer)
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return
    const { stage, poster } = this.#shell
    if (name === 'src') {
      this.#refused = null
      this.#forget()
      this.#loadOnce()
    } else if (name === 'alt') stage.setAttribute('aria-label', after || UNNAMED)
    else if (name === 'poster') {
      if (after) poster.src = after
      else poster.removeAttribute('src')
    } else this.#try(() => this.#apply(name))
  }

  // What is shown.

  /** Where the network's file is; an address relative to the document. */
  get src(): string {
    return this.getAttribute('src') ?? ''
  }

  set src(address: string) {
    this.setAttribute('src', address)
  }

  /** Opens a file in place of `src`. Rejects with one line; what was open stays. */
  async open(source: string | Blob): Promise<void> {
    this.#opened = this.#open(source)
    await this.#opened
  }

  /** The view: plane centre and zoom, 1 being the whole frame. Set any of its three to move there at once; null before a network is open. */
  get camera(): View | null {
    return this.#file && this.#view.view
  }

  set camera(view: Partial<View> | null) {
    const before = this.camera
    if (!before) return
    const next = { ...before, ...view }
    if (![next.x, next.y, next.zoom].every(Number.isFinite) || next.zoom <= 0)
      throw new FormatError('camera: expected finite x, y and a zoom above 0')
    this.#view.view = view && next
  }

  /** Film time from 0 to 1; null where there is no film. */
  get position(): number | null {
    return this.#player?.position ?? null
  }

  set position(position: number | null) {
    if (this.#player && position !== null) this.#player.position = position
  }

  /** Plays the film, where there is one. */
  play(): void {
    this.#player?.play()
  }

  /** Stops it where it is. */
  pause(): void {
    this.#player?.pause()
  }

  /** Resolves when the picture at rest is complete, also while it is out of sight; rejects with one line when there is none. */
  async settled(): Promise<void> {
    this.#loadOnce(true)
    await this.#opened
    if (!this.#file) throw new FormatError('no network is open')
    await this.#view.settled()
  }

  /** The picture as it is shown: RGBA, row 0 at the top, device pixels. */
  readPixels(): ImageData {
    const { canvas } = this.#shell
    const context = canvas.getContext('2d')
    if (!context || canvas.width === 0) throw new FormatError('there is no picture yet')
    return context.getImageData(0, 0, canvas.width, canvas.height)
  }

  /** The picture as it is shown, as a file. @param type default image/png */
  toBlob(type = 'image/png', quality?: number): Promise<Blob> {
    return new Promise((resolve, reject) => {
      const done = (blob: Blob | null) =>
        blob ? resolve(blob) : reject(new FormatError(`this browser writes no ${type}`))
      this.#shell.canvas.toBlob(done, type, quality)
    })
  }

  /** What draws, for people; null while nothing does. */
  get rendererName(): string | null {
    return this.#view.rendererName
  }

  // How it gets there.

  readonly #read: Read = name => this.getAttribute(name) || null

  /** Opens `src`, unless that has been done. @param isDue whether somebody waits for it, seen or not */
  #loadOnce(isDue = this.isConnected && (this.#isNear || this.getAttribute('loading') !== 'lazy')): void {
    const src = this.#read('src')
    if (!src || this.#file || this.#loading || src === this.#refused || !isDue) return
    this.#await(
      this.#open(src).catch((error: unknown) => {
        this.#refused = src
        throw error
      }),
    )
  }

  /** What {@link settled} waits for; where it fails that is said. */
  #await(opened: Promise<void>): void {
    this.#opened = opened
    opened.catch((error: unknown) => this.#refuse(error))
  }

  async #open(source: string | Blob): Promise<void> {
    this.#loading?.abort()
    const loading = new AbortController()
    this.#loading = loading
    try {
      const film = this.#read('film')
      const [file, played] = await Promise.all(
        [source, film].map(from => from && openTold(from, this.#read('architecture'), loading.signal)),
      )
      if (this.#loading !== loading || !file) return
      await this.#take(file, played || file)
    } catch (error) {
      if (this.#loading === loading) throw error
    } finally {
      if (this.#loading === loading) this.#loading = null
    }
  }

  /** @param played the file that the film is in, the network's own where there is no other */
  async #take(file: OpenFile, played: OpenFile): Promise<void> {
    const frame = readFrameOver(this.#read, file.ownFrame)
    const view = readView(this.#read, wholeFrame(frame))
    this.#player?.pause()
    this.#file = file
    this.#shell.message.hidden = true
    this.#shell.setAspect(frameAspect(frame))
    this.#view.open(file.network, frame, view)
    this.#player = played.film && new FilmPlayer(played.film, this.#view)
    this.#view.samples = readSamples(this.#read)
    await this.#applyEdits()
    this.#applyFilm()
    this.dispatchEvent(new CustomEvent('load'))
  }

  #forget(): void {
    this.#loading?.abort()
    this.#loading = null
    this.#player?.pause()
    this.#player = null
    this.#file = null
    this.#view.close()
    this.#shell.stage.removeAttribute('data-drawn')
    this.#shell.message.hidden = true
  }

  /** An attribute says something else of what is open. */
  #apply(name: string): void {
    if (name === 'interactive') this.#attach()
    else if (name === 'loading') this.#loadOnce()
    if (!this.#file) {
      // It may have been this attribute that was not understood.
      this.#refused = null
      this.#loadOnce()
      return
    }
    this.#shell.message.hidden = true
    const frame = readFrameOver(this.#read, this.#file.ownFrame)
    if (name === 'frame') {
      this.#shell.setAspect(frameAspect(frame))
      this.#view.frame = frame
    }
    if (['x', 'y', 'zoom', 'frame'].includes(name)) this.#view.view = readView(this.#read, wholeFrame(frame))
    else if (name === 'samples') this.#view.samples = readSamples(this.#read)
    else if (name === 'edits') this.#await(this.#applyEdits())
    else if (name === 'film' || name === 'architecture') {
      this.#forget()
      this.#loadOnce()
    } else if (name.startsWith('film-')) this.#applyFilm()
  }

  async #applyEdits(): Promise<void> {
    const [text, file] = [this.#read('edits'), this.#file]
    if (!file) return
    if (!text) {
      if (!this.#player) this.#view.setOverlay(null)
      return
    }
    const { editedNetwork } = await import('./edited.js')
    if (this.#file === file && this.#read('edits') === text) this.#view.setOverlay(editedNetwork(file, text))
  }

  #applyFilm(): void {
    const player = this.#player
    if (!player) return
    const position = readPosition(this.#read)
    if (position !== null) player.position = position
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (this.hasAttribute('film-autoplay') && !isStill) player.play()
    else player.pause()
  }

  /** Listens to what a person does with the picture, as much as `interactive` allows. */
  #attach(): void {
    this.#detach()
    this.#detach = () => {}
    const { stage } = this.#shell
    let interaction: Interaction = 'none'
    this.#try(() => {
      interaction = readInteraction(this.getAttribute('interactive'))
    })
    stage.toggleAttribute('data-interactive', interaction !== 'none')
    if (interaction === 'none') stage.removeAttribute('tabindex')
    else stage.tabIndex = 0
    stage.style.touchAction = ''
    const viewer = this.#viewer
    if (viewer && interaction !== 'none') void this.#listen(viewer, interaction)
  }

  async #listen(viewer: Viewer, interaction: Interaction): Promise<void> {
    let isWanted = true
    this.#detach = () => {
      isWanted = false
    }
    const { attachGestures } = await import('./gestures.js')
    if (!isWanted) return
    this.#detach = attachGestures(this.#shell.stage, viewer, {
      onHover: () => {},
      onHome: () => viewer.frame && viewer.navigator.setView(wholeFrame(viewer.frame)),
      isCooperative: () => interaction === 'zoom',
      onHint: line => this.#hint(line),
    })
  }

  #hint(line: string): void {
    const { hint } = this.#shell
    hint.textContent = line
    hint.hidden = false
    clearTimeout(this.#hintTimer)
    this.#hintTimer = window.setTimeout(() => {
      hint.hidden = true
    }, HINT_MS)
  }

  #try(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#refuse(error)
    }
  }

  /** Says in one line why there is no picture, or not the one that was meant. */
  #refuse(error: unknown): void {
    const line = error instanceof Error ? error.message.split('\n')[0] : String(error)
    const { message } = this.#shell
    message.textContent = line
    message.hidden = false
    this.dispatchEvent(new ErrorEvent('error', { message: line, error }))
  }
}
