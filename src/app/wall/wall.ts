// The wall: all flags of the manifest in their places, loaded while they are looked at, and what was dropped on it.

import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { frameAspect } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { printableName } from '../../model/printable.js'
import { parseListing } from '../../train/gallery/manifest.js'
import type { Camera } from '../../world/camera.js'
import { cameraFromView, type Item, viewFromCamera } from '../../world/item.js'
import { justifyInto } from '../../world/justified.js'
import { cameraOnto, nearestTo, overview } from '../../world/overview.js'
import { type LoadedFile, loadFile } from '../../open/load-file.js'
import { lineOf } from '../messages.js'
import { type OpenFile, openParsed, parseFile, type ParsedFile, withName } from '../../open/open-file.js'
import type { FlagSpot, FlagWall, FoundFlag } from '../places/place.js'
import type { Resident } from '../../draw/residents.js'
import type { Viewer } from '../../draw/viewer.js'
import { flagOf, framedAs, plainFrame, qualityText, type WallFlag } from './flag.js'
import { mainHue } from './hue.js'
import { type SortKey, sorted } from './order.js'

/** Where the manifest lies, and what its files are relative to. */
const FOLDER = 'flags/'
const MANIFEST = `${FOLDER}flags.json`
/** Fetches under way at once. */
const FETCHES = 6
const GAP = 0.16
const CAPTION = 0.24
/** Kept free around the wall, of its rows' height. */
const MARGIN = 0.3
/** Nearer than this a flag is entered, and not looked at from the wall. */
const NEAREST_ZOOM = 0.99
/** Residents are handed to the viewer this often while many come in. */
const NEWS_MS = 100

/** Who puts the wall into the page. */
export interface WallHost {
  /** Whether it is the wall that is seen. */
  readonly isSeen: () => boolean
  /** Anything that the page shows has changed. */
  readonly onChange: () => void
  /** Whether the visit holds edits of a file: see {@link ParsedFile.key}. */
  readonly isEdited: (key: string) => boolean
  /** Hangs the flags elsewhere, while what is looked at stays in sight. */
  readonly rehang: (arrange: () => void) => void
  /** Escape: from a flag to the wall, from a part of the wall to all of it. */
  readonly back: () => void
}

export class Wall implements FlagWall {
  /** In the order in which they hang. */
  flags: readonly WallFlag[] = []
  /** The one the keyboard is at. */
  selected: WallFlag | null = null
  /** Counts what changes the spots and what hangs there. */
  revision = 0
  /** Lines of the manifest that could not be read. */
  problems: readonly string[] = []
  #sort: SortKey = 'name'
  #size = { width: 1, height: 1 }
  /** Whether the manifest was read, or never will be. */
  #isListed = false
  #fetches = 0
  #newsTimer = 0
  /** Whether a flag has turned out to have other proportions than its place. */
  #isReshaped = false
  #aspect = 0
  #isDisposed = false
  /** In the order in which their files came: what was looked at first is drawn first. */
  readonly #loaded: WallFlag[] = []
  #guests: readonly Resident[] = []

  constructor(
    private readonly viewer: Viewer,
    private readonly host: WallHost,
  ) {}

  /**
   * Reads the manifest and finds the spots.
   * @throws what fetching or reading it throws
   */
  async start(): Promise<void> {
    try {
      await this.#list()
    } finally {
      this.#isListed = true
    }
  }

  async #list(): Promise<void> {
    const response = await fetch(new URL(MANIFEST, document.baseURI))
    const { flags, problems } = parseListing(await response.text())
    this.problems = problems
    this.flags = flags.map(listed =>
      flagOf(listed.code, FOLDER + encodeURI(listed.file).replaceAll('#', '%23').replaceAll('?', '%3F'), listed),
    )
    this.arrange()
  }

  get spots(): readonly WallFlag[] {
    return this.flags
  }

  /** What hangs in the world besides the flags, somewhere else. */
  set guests(residents: readonly Resident[]) {
    this.#guests = residents
    this.#hand(false)
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

  flagOfKey(key: string): WallFlag | null {
    return this.flags.find(({ url, file }) => url === key || file?.key === key) ?? null
  }

  /** The flag whose net a resident is. */
  flagBy(resident: Resident | null): WallFlag | null {
    return resident && (this.flags.find(flag => flag.resident === resident) ?? null)
  }

  /** The flag under the centre of the view, or nearest to it; loaded or not. */
  get nearest(): WallFlag | null {
    return nearestTo(this.flags, this.viewer.camera)
  }

  // Spots.

  /** The camera that sees the whole wall. */
  get home(): Camera {
    const { width, height } = this.#size
    const whole = { x: -MARGIN, y: -MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN }
    return overview(whole, this.viewer.viewport)
  }

  /** The camera that shows a flag whole, as large as it fits. */
  cameraOf({ rect }: WallFlag): Camera {
    return cameraOnto(rect, this.viewer.viewport)
  }

  /** What the view would be an item of: for flags that are not loaded, too. */
  anchorOf(flag: WallFlag): Pick<Item, 'rect' | 'frame'> {
    const { rect } = flag
    return { rect, frame: flag.resident?.frame ?? plainFrame(flag.aspect) }
  }

  describe(flag: WallFlag): string {
    const { name, listed, problem } = flag
    const quality = problem ?? qualityText(listed)
    return [name, this.markOf(flag), quality, `${this.flags.indexOf(flag) + 1} of ${this.flags.length}`]
      .filter(Boolean)
      .join(', ')
  }

  /** What the visit made of a flag, in a word beside its name; '' for nothing. The flag itself hangs as it came. */
  markOf({ url, file }: WallFlag): string {
    const key = url ?? file?.key
    return key !== undefined && this.host.isEdited(key) ? 'edited' : ''
  }

  get sort(): SortKey {
    return this.#sort
  }

  set sort(key: SortKey) {
    if (key === 'hue') this.#findHues()
    this.#sort = key
    this.#rehang()
  }

  back(): void {
    this.host.back()
  }

  /** Whether the viewport that there is wants the flags elsewhere. */
  get isStale(): boolean {
    const { width, height } = this.viewer.viewport
    return width > 0 && this.flags.length > 0 && this.#aspect !== width / height
  }

  keepInSight(): () => Camera {
    const { camera, viewport } = this.viewer
    const { nearest } = this
    if (!nearest) return () => this.home
    const view = viewFromCamera(this.anchorOf(nearest) as Item, camera, viewport)
    // In a smaller viewport the same camera is nearer: to be sized anew must not enter a flag.
    const near = { ...view, zoom: Math.min(view.zoom, NEAREST_ZOOM) }
    return () => cameraFromView(this.anchorOf(nearest) as Item, near, this.viewer.viewport)
  }

  #rehang(): void {
    this.host.rehang(() => this.arrange())
  }

  /** Finds the flags' spots, in their order, for the viewport there is. */
  arrange(): void {
    const { width, height } = this.viewer.viewport
    const aspect = width > 0 ? width / height : 1.6
    this.#aspect = aspect
    // What the person brought hangs together, in front.
    const isOwn = ({ url }: WallFlag) => url === null
    this.flags = [false, true].flatMap(isListed =>
      sorted(
        this.flags.filter(flag => isOwn(flag) !== isListed),
        this.#sort,
      ),
    )
    const aspects = this.flags.map(flag => flag.aspect)
    const laidOut = justifyInto(aspects, aspect, { gap: GAP, captionHeight: CAPTION })
    this.#size = laidOut
    this.flags.forEach((flag, i) => {
      flag.rect = laidOut.rects[i]
      if (flag.resident) flag.resident.rect = flag.rect
    })
    this.revision++
    this.#hand(true)
    this.host.onChange()
  }

  // Loading.

  /** Goes on loading while the wall is seen: what is in view first, from the middle outwards. */
  load(): void {
    while (this.#fetches < FETCHES && !this.#isDisposed && this.host.isSeen()) {
      const next = this.#next()
      if (!next) break
      void this.#fetch(next)
    }
    this.#expect()
  }

  /** Until the last one hangs no picture of the wall is complete. */
  #expect(): void {
    this.viewer.contents.isExpecting = !this.#isListed || this.#fetches > 0 || this.#newsTimer !== 0
  }

  #next(): WallFlag | null {
    return nearestTo(
      this.flags.filter(({ state }) => state === 'waiting'),
      this.viewer.camera,
    )
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
    this.#loaded.push(flag)
    if (flag.listed.width !== undefined) return
    flag.aspect = frameAspect(ownFrame)
    this.#isReshaped = true
  }

  /** Leaves a flag's place with a message. */
  refuse(flag: WallFlag, error: unknown): void {
    flag.state = 'failed'
    flag.problem = lineOf(error)
    flag.resident = null
    this.revision++
    this.host.onChange()
  }

  /** A file that hangs on the wall has the proportions it has there. @param flag null for one that does not */
  framed(flag: WallFlag | null, file: OpenFile): OpenFile {
    return { ...file, ownFrame: framedAs(file.ownFrame, flag) }
  }

  /** The file of a flag that is entered, with the very network that is drawn of it. */
  openFile(flag: WallFlag, parsed: ParsedFile): OpenFile {
    return this.framed(flag, openParsed(parsed))
  }

  /** The network of a flag. @throws with one line when there is none of this code, or it cannot be loaded */
  async network(code: string): Promise<Network> {
    const flag = this.flagOf(code)
    if (flag?.file) return flag.file.network
    if (!flag?.url) throw new FormatError(`there is no flag "${printableName(code)}" on the wall`)
    const loaded = await loadFile(flag.url)
    return withName(loaded.name, () => parseFile(loaded)).network
  }

  /** Hangs a file of the person's own, for the visit. @throws FormatError when it is none */
  join(file: LoadedFile): WallFlag {
    const name = file.name.replace(/\.safetensors$/i, '')
    let code = name
    for (let i = 2; this.flagOf(code); i++) code = `${name} ${i}`
    const flag = flagOf(code, file.url)
    this.#take(flag, file)
    if (this.sort === 'hue') this.#findHue(flag)
    this.flags = [...this.flags, flag]
    this.#rehang()
    return flag
  }

  learn(flag: FlagSpot, { name, frame }: FoundFlag): void {
    const own = this.flags.find(other => other === flag)
    if (!own?.resident || own.url !== null) return
    if (name !== null) own.name = `${name} · ${own.code}`
    own.aspect = frameAspect(frame)
    own.resident.frame = frame
    own.hue = null
    if (this.sort === 'hue') this.#findHue(own)
    this.#rehang()
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
      if (this.#isReshaped) this.#rehang()
      else this.#hand(false)
      this.#isReshaped = false
      this.#expect()
      // The last ones of a wall in order of hue find their places now.
      if (this.sort === 'hue' && this.#fetches === 0) this.sort = 'hue'
      this.host.onChange()
    }, NEWS_MS)
  }

  #hand(isMoved: boolean): void {
    this.viewer.contents.setResidents(
      [...this.#loaded.flatMap(({ resident }) => resident ?? []), ...this.#guests],
      isMoved,
    )
  }

  #findHues(): void {
    for (const flag of this.flags) this.#findHue(flag)
  }

  #findHue(flag: WallFlag): void {
    if (flag.resident) flag.hue ??= mainHue(flag.resident.folded, flag.resident.frame)
  }
}
