// The wall: all flags of the manifest in their places, loaded while they are looked at, and what was dropped on it.

import { foldNetwork } from '../../model/fold.js'
import { DEFAULT_FRAME, type Frame, frameAspect } from '../../model/frame.js'
import { type ListedFlag, parseListing } from '../../train/gallery/manifest.js'
import { type Camera, type Rect, sameCamera, type Size } from '../../world/camera.js'
import { cameraFromView, type Item, viewFromCamera } from '../../world/item.js'
import { justifyInto } from '../../world/justified.js'
import type { View } from '../../model/view.js'
import { type LoadedFile, loadFile } from '../load-file.js'
import { parseFile, type ParsedFile } from '../open-file.js'
import type { Place, World } from '../places.js'
import type { Resident } from '../../draw/residents.js'
import type { Viewer } from '../../draw/viewer.js'
import { mainHue } from './hue.js'
import { type Sortable, type SortKey, sorted } from './order.js'

/** A place on the wall. */
export interface WallFlag extends Sortable, Place {
  readonly code: string
  readonly name: string
  /** As the hash names it; null for a file of the person's own. */
  readonly url: string | null
  readonly listed: Partial<ListedFlag>
  aspect: number
  file: ParsedFile | null
  hue: number | null
}

/** Where the manifest lies, and what its files are relative to. */
const FOLDER = 'flags/'
const MANIFEST = `${FOLDER}flags.json`
/** Fetches under way at once. */
const FETCHES = 6
const GAP = 0.16
const CAPTION = 0.24
/** Kept free around the wall, of its rows' height. */
const MARGIN = 0.3
/** Kept free beneath the wall for what lies over the picture's foot, CSS pixels. */
const FOOT = 54
/** What a flag of unknown proportions gets until it is loaded. */
const USUAL_ASPECT = 1.5
/** Residents are handed to the viewer this often while many come in. */
const NEWS_MS = 100

export class Wall implements World {
  /** In the order in which they hang. */
  flags: readonly WallFlag[] = []
  sort: SortKey = 'name'
  /** The one the keyboard is at. */
  selected: WallFlag | null = null
  /** Counts what changes the places and what hangs in them. */
  revision = 0
  /** Lines of the manifest that could not be read. */
  problems: readonly string[] = []
  #size = { width: 1, height: 1 }
  #fetches = 0
  #newsTimer = 0
  /** Whether a flag has turned out to have other proportions than its place. */
  #isReshaped = false
  #isHome = true
  #aspect = 0
  #isDisposed = false
  #guests: readonly Resident[] = []
  /** Whether another part of the world is seen, which the camera is left to. */
  isAway = false

  /**
   * @param onChange called when anything that the page shows has changed
   * @param isFlownOver whether a flight is under way, which the wall must not break off
   * @param onRehung called when the wall was hung anew during one: its goal is elsewhere
   */
  constructor(
    private readonly viewer: Viewer,
    private readonly onChange: () => void,
    private readonly isFlownOver: () => boolean,
    private readonly onRehung: () => void,
  ) {}

  /**
   * Reads the manifest and finds the places.
   * @throws what fetching or reading it throws
   */
  async start(): Promise<void> {
    const response = await fetch(new URL(MANIFEST, document.baseURI))
    const { flags, problems } = parseListing(await response.text())
    this.problems = problems
    this.flags = flags.map((listed): WallFlag => ({
      code: listed.code,
      name: listed.name,
      url: FOLDER + encodeURI(listed.file).replaceAll('#', '%23').replaceAll('?', '%3F'),
      listed,
      aspect: listed.width && listed.height ? listed.width / listed.height : USUAL_ASPECT,
      rect: { x: 0, y: 0, width: 1, height: 1 },
      state: 'waiting',
      problem: null,
      file: null,
      resident: null,
      hue: null,
    }))
    this.#arrange()
  }

  get places(): readonly WallFlag[] {
    return this.flags
  }

  /** What hangs in the world besides the flags, somewhere else. */
  set guests(residents: readonly Resident[]) {
    this.#guests = residents
    this.#hand(false)
  }

  /** Whether it is the wall that is seen. */
  get #isSeen(): boolean {
    return this.viewer.isWorld && !this.isAway
  }

  /** How many are there, and how many will never be. */
  get count(): { ready: number; failed: number; total: number } {
    const of = (state: WallFlag['state']) => this.flags.filter(flag => flag.state === state).length
    return { ready: of('ready'), failed: of('failed'), total: this.flags.length }
  }

  flagAt(url: string | null): WallFlag | null {
    return url === null ? null : (this.flags.find(flag => flag.url === url) ?? null)
  }

  flagOf(code: string): WallFlag | null {
    return this.flags.find(flag => flag.code === code) ?? null
  }

  /** The flag whose net a resident is. */
  flagBy(resident: Resident | null): WallFlag | null {
    return resident && (this.flags.find(flag => flag.resident === resident) ?? null)
  }

  /** The flag under the centre of the view, or nearest to it; loaded or not. */
  get nearest(): WallFlag | null {
    const { camera } = this.viewer
    let nearest: WallFlag | null = null
    let least = Number.POSITIVE_INFINITY
    for (const flag of this.flags) {
      const distance = distanceTo(flag.rect, camera)
      if (distance < least) [nearest, least] = [flag, distance]
    }
    return nearest
  }

  // Places.

  /** The camera that sees the whole wall. */
  get home(): Camera {
    const { width, height } = this.#room
    const scale = Math.min(width / (this.#size.width + 2 * MARGIN), height / (this.#size.height + 2 * MARGIN)) || 1
    const below = (this.viewer.viewport.height - height) / 2 / scale
    return { x: this.#size.width / 2, y: this.#size.height / 2 + below, scale }
  }

  /** The part of the viewport that the whole wall is fitted into: all but its foot. */
  get #room(): Size {
    const { viewport, pixelRatio } = this.viewer
    return { width: viewport.width, height: Math.max(1, viewport.height - FOOT * pixelRatio) }
  }

  /** Whether the whole wall is seen, as at the start. */
  get isHome(): boolean {
    return sameCamera(this.viewer.camera, this.home)
  }

  /** The camera that shows a flag whole, as large as it fits. */
  cameraOf(flag: WallFlag): Camera {
    const { width, height } = this.viewer.viewport
    const { rect } = flag
    const scale = Math.min(width / rect.width, height / rect.height)
    return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, scale }
  }

  /** What the view would be an item of: for flags that are not loaded, too. */
  placeOf(flag: WallFlag): Pick<Item, 'rect' | 'frame'> {
    const { rect } = flag
    return { rect, frame: flag.resident?.frame ?? plainFrame(flag.aspect) }
  }

  describe(flag: WallFlag): string {
    const { name, listed, problem } = flag
    const quality = problem ?? qualityText(listed)
    return [name, quality, `${this.flags.indexOf(flag) + 1} of ${this.flags.length}`].filter(Boolean).join(', ')
  }

  /** The viewport has another size. */
  resized(): void {
    const { width, height } = this.#room
    if (width === 0 || this.flags.length === 0) return
    if (this.#aspect !== width / height) this.rearrange()
    else if (this.isFlownOver()) this.onRehung()
    else this.#seeHome()
  }

  setSort(key: SortKey): void {
    if (key === 'hue') this.#findHues()
    this.sort = key
    this.rearrange()
  }

  /** Hangs the flags anew: their order or the viewport has changed. What is looked at stays under the camera. */
  rearrange(): void {
    const { viewer } = this
    const wasHome = this.#isHome
    const near = this.nearest
    const view = near && this.viewOf(near)
    this.#arrange()
    if (!this.#isSeen) return
    if (this.isFlownOver()) {
      this.onRehung()
      return
    }
    // Another wall has another home, which the camera is not at yet.
    this.#isHome = wasHome
    if (wasHome) this.#seeHome()
    else if (near && view) viewer.move(cameraFromView(this.placeOf(near) as Item, view, viewer.viewport))
  }

  /** The view that the camera has of a flag, loaded or not. */
  viewOf(flag: WallFlag): View {
    const { camera, viewport } = this.viewer
    return viewFromCamera(this.placeOf(flag) as Item, camera, viewport)
  }

  /** Notes whether the camera has left home. */
  cameraMoved(): void {
    if (this.#isSeen) this.#isHome = this.isHome
  }

  /** The whole wall, at once. */
  #seeHome(): void {
    if (!this.#isSeen || !this.#isHome || this.isFlownOver()) return
    this.viewer.worldScale = this.home.scale
    this.viewer.move(this.home)
  }

  #arrange(): void {
    const { width, height } = this.#room
    const aspect = width > 0 ? width / height : 1.6
    this.#aspect = aspect
    this.flags = sorted(this.flags, this.sort)
    const aspects = this.flags.map(flag => flag.aspect)
    const laidOut = justifyInto(aspects, aspect, { gap: GAP, captionHeight: CAPTION })
    this.#size = laidOut
    this.flags.forEach((flag, i) => {
      flag.rect = laidOut.rects[i]
      if (flag.resident) flag.resident.rect = flag.rect
    })
    if (!this.isAway) this.viewer.worldScale = this.home.scale
    this.revision++
    this.#hand(true)
    this.onChange()
  }

  // Loading.

  /** Goes on loading while the world is seen: what is in view first, from the middle outwards. */
  load(): void {
    while (this.#fetches < FETCHES && !this.#isDisposed && this.#isSeen) {
      const next = this.#next()
      if (!next) break
      void this.#fetch(next)
    }
    this.#expect()
  }

  /** Until the last one hangs no picture of the wall is complete. */
  #expect(): void {
    this.viewer.isExpecting = this.#fetches > 0 || this.#newsTimer !== 0
  }

  #next(): WallFlag | null {
    const { camera } = this.viewer
    let next: WallFlag | null = null
    let least = Number.POSITIVE_INFINITY
    for (const flag of this.flags) {
      if (flag.state !== 'waiting') continue
      const distance = distanceTo(flag.rect, camera)
      if (distance < least) [next, least] = [flag, distance]
    }
    return next
  }

  async #fetch(flag: WallFlag): Promise<void> {
    this.#fetches++
    flag.state = 'loading'
    try {
      this.#take(flag, await loadFile(flag.url as string))
    } catch (error) {
      this.refuse(flag, error)
    } finally {
      this.#fetches--
      this.#handLater()
      this.load()
    }
  }

  /** Takes a file as the net of a flag. @throws FormatError when it is none */
  #take(flag: WallFlag, file: LoadedFile): void {
    const parsed = parseFile(file)
    const { network, ownFrame } = parsed
    flag.file = parsed
    flag.resident = { network, folded: foldNetwork(network), frame: framedAs(ownFrame, flag), rect: flag.rect }
    flag.state = 'ready'
    if (flag.listed.width !== undefined) return
    flag.aspect = frameAspect(ownFrame)
    this.#isReshaped = true
  }

  /** Leaves a flag's place with a message. */
  refuse(flag: WallFlag, error: unknown): void {
    flag.state = 'failed'
    flag.problem = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    flag.resident = null
    this.revision++
    this.onChange()
  }

  /** Hangs a file of the person's own, for the visit. @throws FormatError when it is none */
  join(file: LoadedFile): WallFlag {
    const name = file.name.replace(/\.safetensors$/i, '')
    let code = name
    for (let i = 2; this.flagOf(code); i++) code = `${name} ${i}`
    const flag: WallFlag = {
      code,
      name: code,
      url: file.url,
      listed: {},
      aspect: USUAL_ASPECT,
      rect: { x: 0, y: 0, width: 1, height: 1 },
      state: 'loading',
      problem: null,
      file: null,
      resident: null,
      hue: null,
    }
    this.#take(flag, file)
    if (this.sort === 'hue') this.#findHue(flag)
    this.flags = [...this.flags, flag]
    this.rearrange()
    return flag
  }

  dispose(): void {
    this.#isDisposed = true
    clearTimeout(this.#newsTimer)
  }

  #handLater(): void {
    if (this.#newsTimer !== 0) return
    this.#newsTimer = window.setTimeout(() => {
      this.#newsTimer = 0
      this.revision++
      if (this.#isReshaped) this.rearrange()
      else this.#hand(false)
      this.#isReshaped = false
      this.#expect()
      // The last ones of a wall in order of hue find their places now.
      if (this.sort === 'hue' && this.#fetches === 0) this.setSort('hue')
      this.onChange()
    }, NEWS_MS)
  }

  #hand(isMoved: boolean): void {
    this.viewer.setResidents([...this.flags.flatMap(({ resident }) => resident ?? []), ...this.#guests], isMoved)
  }

  #findHues(): void {
    for (const flag of this.flags) this.#findHue(flag)
  }

  #findHue(flag: WallFlag): void {
    if (flag.resident) flag.hue ??= mainHue(flag.resident.folded, flag.resident.frame)
  }
}

function distanceTo(rect: Rect, { x, y }: Camera): number {
  const dx = Math.max(rect.x - x, 0, x - rect.x - rect.width)
  const dy = Math.max(rect.y - y, 0, y - rect.y - rect.height)
  return Math.hypot(dx, dy)
}

/** A frame with the proportions of a flag of the manifest, where it has none of its own. */
export function framedAs(frame: Frame, flag: WallFlag | null): Frame {
  return frame.aspect === null && flag?.listed.width !== undefined ? { ...frame, aspect: flag.aspect } : frame
}

function plainFrame(aspect: number): Frame {
  return { ...DEFAULT_FRAME, aspect }
}

/** As in `45.6 dB (37.1 in detail)`: as it is seen, and at the centres of the pixels that it was trained on. */
function qualityText({ psnr, psnrDetail }: WallFlag['listed']): string {
  if (psnr === undefined) return ''
  return `${psnr.toFixed(1)} dB${psnrDetail === undefined ? '' : ` (${psnrDetail.toFixed(1)} in detail)`}`
}
