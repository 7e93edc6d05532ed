// The explorer: what the page knows and what it can do. The viewer draws, the templates show; this is the state between
// them, the URL hash included.

import { FormatError, UnsupportedError } from '../model/errors.js'
import { type Frame, FRAME_KEY } from '../model/frame.js'
import { type LinearView, linearizeView, viewLevelSpan } from '../model/flatness.js'
import { createNetwork, type Network } from '../model/network.js'
import { printableName } from '../model/printable.js'
import { evaluateFolded } from '../model/reference.js'
import type { SampleCount } from '../model/samples.js'
import { StateDict } from '../model/state-dict.js'
import { readFrame, summarizeFile } from '../model/summary.js'
import { applyTone, levelOf, toneOf } from '../model/tone.js'
import { pictureSize, type View, wholeFrame } from '../model/view.js'
import { measureSubject, type ParityReport } from '../gpu/parity.js'
import { type Camera, sameCamera } from '../world/camera.js'
import { cameraFromView, type Item, itemSampling } from '../world/item.js'
import { neighbour } from '../world/justified.js'
import { isFilm } from '../film/film-metadata.js'
import { rendererOverride } from '../draw/choice.js'
import { DEFAULT_STATE, formatHash, type PageState, parseHash } from './hash-state.js'
import { loadFile } from './load-file.js'
import { openLoaded, type OpenFile, openParsed, parseFile, type ParsedFile, withName } from './open-file.js'
import type { Place, World } from './places.js'
import type { Resident } from '../draw/residents.js'
import type { ScrubSession } from './scrub/session.js'
import { type Facet, Viewer, type ViewerStatus } from '../draw/viewer.js'
import { Flight } from './wall/flight.js'
import type { SortKey } from './wall/order.js'
import { framedAs, Wall, type WallFlag } from './wall/wall.js'

/** The film of what is open, for the explorer: it is fetched and played elsewhere, and perhaps never. */
export interface FilmHost {
  /** As {@link PageState} has it. */
  readonly state: Pick<PageState, 'film' | 'strip'>
  /** Opens the film at a place, or closes it. A film's own file is played when no place is named. @throws with one line */
  restore(state: Pick<PageState, 'film' | 'strip'>): Promise<void>
  /** Goes back from a moment to the strip it was entered from. @returns false where there is none */
  returnToStrip(): boolean
  /** A place of the strip fills the view. */
  enter(place: Place): void
  /** Escape in the strip: back to the flag. */
  leaveStrip(): void
}

/** The edits of what is open, for the explorer: what edits is fetched when it is asked for. */
export interface ScrubHost {
  /** As {@link PageState} has it. */
  readonly state: Pick<PageState, 'edits'>
  readonly session: ScrubSession | null
  /** Begins to edit what is open, or goes on. @throws with one line when nothing is open */
  open(): Promise<ScrubSession>
  /** Makes the edits of an address those of what is open. @returns what is wrong with them, in a line; null for nothing */
  restore(state: Pick<PageState, 'edits'>): Promise<string | null>
}

/** The view of the open network's units, for the explorer: it is laid out elsewhere, and perhaps never. */
export interface InsideHost {
  /** As {@link PageState} has it. */
  readonly state: PageState['neurons']
  /** Takes the open network apart, or puts it together again. @throws with one line */
  restore(state: PageState['neurons']): Promise<void>
  /** Escape: from one unit to all of them, from all of them to the flag. */
  back(): void
}

/** What is seen of the open network's units. */
export interface InsideWorld extends World {
  readonly facets: readonly Facet[]
  /** The place of the flag itself. */
  readonly whole: Place
}

/** What is under the pointer. */
export interface Probe {
  readonly x: number
  readonly y: number
  /** [3] displayed 8-bit levels. */
  readonly rgb: readonly number[]
}

export type Proof =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly report: ParityReport }
  | { readonly kind: 'failed'; readonly reason: string }

// Browsers allow about a hundred history calls in half a minute.
const HASH_DELAY_MS = 300
// Below this the whole view is one 8-bit colour, give or take a rounding edge.
const FLAT_LEVELS = 0.5
const NEWS_MS = 3000
const FLAT_FROM_ZOOM = 100
/** A flag of the wall that fills the view is entered; one that was made so small is left. */
const ENTER_ZOOM = 1
const LEAVE_ZOOM = 0.6

export class Explorer {
  readonly viewer: Viewer
  readonly wall: Wall
  readonly #flight: Flight
  /** Set by whoever plays films. */
  films: FilmHost | null = null
  /** Set by whoever edits parameters. */
  scrubs: ScrubHost | null = null
  /** Set by whoever shows units. */
  insides: InsideHost | null = null
  /** The units that are seen in place of the open network's picture, and the view of that when it was left. */
  #inside: { readonly world: InsideWorld; readonly view: View | null } | null = null
  /** The strip that is seen, in place of the wall; the file whose film it is of stays open. */
  #strip: World | null = null
  /** Whether zooming out leads back to the wall: not while the open network is being trained. */
  isHeld = false
  file: OpenFile | null = null
  outline = DEFAULT_STATE.outline
  message: { readonly text: string; readonly isError: boolean } | null = null
  isLoading = false
  proof: Proof = { kind: 'none' }
  frameProblem: string | null = null
  status: ViewerStatus = { kind: 'starting' }
  probe: Probe | null = null
  /** Whether the keyboard is on the picture. */
  isStageFocused = false
  #messageTimer = 0
  #hover: readonly [number, number] | null = null
  #loading: AbortController | null = null
  #hashTimer = 0
  #writtenHash = ''

  /**
   * @param host what the canvas fills
   * @param notify called when anything that the page shows has changed
   */
  constructor(
    host: HTMLElement,
    private readonly notify: () => void,
  ) {
    const events = {
      onChange: () => {
        this.#followCamera()
        this.#probeAgain()
        this.#scheduleHash()
        this.onChange()
      },
      onResize: () => {
        this.wall.resized()
        if (this.#awaited) this.#showWall(this.#awaited)
        this.#strip?.resized()
        this.#inside?.world.resized()
        // Whoever is on the way to a place of it goes to where that hangs now.
        if (this.#inside && this.#flight.isFlying && this.#goal) void this.#fly(this.#goal)
        if (this.viewer.viewport.width > 0) this.#tellSized()
      },
      onRefused: (resident: Resident, error: Error) => {
        const flag = this.wall.flagBy(resident)
        if (flag) this.wall.refuse(flag, error)
      },
      onStatus: (status: ViewerStatus) => {
        this.status = status
        this.onChange()
      },
    }
    this.#sized = new Promise(resolve => {
      this.#tellSized = resolve
    })
    this.viewer = new Viewer(host, events, rendererOverride(location.search))
    this.viewer.samples = DEFAULT_STATE.samples
    this.wall = new Wall(
      this.viewer,
      () => this.onChange(),
      () => this.#flight.isFlying,
      () => {
        if (this.#goal) void this.#fly(this.#goal)
      },
    )
    this.#flight = new Flight(this.viewer)
    window.addEventListener('hashchange', this.#onHashChange)
  }

  readonly #watchers = new Set<() => void>()

  private onChange(): void {
    this.notify()
    for (const watcher of this.#watchers) watcher()
  }

  /** Resolves as soon as something is so. */
  #until(isSo: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const watcher = () => {
        if (!isSo()) return
        this.#watchers.delete(watcher)
        resolve()
      }
      this.#watchers.add(watcher)
      watcher()
    })
  }

  /** Opens what the hash names: the wall, or a file. */
  async start(): Promise<void> {
    // Nothing of the wall is shown, nor loaded, on the way to a flag.
    this.isLoading = parseHash(location.hash).state.file !== null
    this.viewer.isExpecting = true
    try {
      await this.wall.start()
      if (this.wall.problems.length > 0) this.#say(`the list of flags: ${this.wall.problems.join('; ')}`, true)
    } catch {
      this.#say('the list of flags could not be loaded; open a file of your own', true)
    }
    this.onChange()
    await this.#applyHash(location.hash)
  }

  /**
   * Opens a file; what was open stays if it cannot be.
   * @throws with one line
   */
  async open(source: string | Blob): Promise<void> {
    // The entry that "back" returns to must name what is open now.
    this.#writeHash('replace')
    await this.#load(source)
    this.viewer.setView(wholeFrame(this.file?.ownFrame as Frame))
    this.#writeHash('push')
    if (this.file?.film) await this.films?.restore(DEFAULT_STATE)
  }

  /** Hangs files of the person's own on the wall, and flies to the first of them. What is no network is told. */
  async join(files: readonly Blob[]): Promise<void> {
    const joined: WallFlag[] = []
    const problems: string[] = []
    for (const file of files)
      try {
        const loaded = await loadFile(file)
        if (isFilm(StateDict.parse(loaded.bytes).metadata)) {
          if (files.length === 1) {
            await this.open(file)
            return
          }
          throw new FormatError(`${printableName(loaded.name)}: a film hangs on no wall; open it alone`)
        }
        joined.push(this.wall.join(loaded))
      } catch (error) {
        const name = file instanceof File ? `${printableName(file.name)}: ` : ''
        const line = lineOf(error)
        problems.push(line.startsWith(name) ? line : name + line)
      }
    if (problems.length > 0) this.#say(problems.join('; '), true)
    else this.#say(`${joined.length} networks hang on the wall for this visit`, false)
    if (joined.length === 0) return
    this.#close()
    this.wall.selected = joined[0]
    await this.#sized
    const { camera } = this.viewer
    await this.#fly(() => {
      const target = this.wall.cameraOf(joined[0])
      return { ...target, scale: Math.max(camera.scale, target.scale / 3) }
    })
  }

  // Between the wall and a flag.

  /** Flies into a flag of the wall and opens it; resolves when it is open, cannot be, or something else was asked for. */
  async dive(flag: WallFlag): Promise<void> {
    this.#abortLoading()
    this.#writeHash('replace')
    this.#close()
    this.wall.selected = flag
    this.onChange()
    await this.#sized
    // Something else may have been asked for while the page had no size.
    if (this.wall.selected !== flag || !this.viewer.isWorld) return
    const hasArrived = await this.#fly(() => this.wall.cameraOf(flag))
    if (!hasArrived) return
    // It is entered once its net is there, unless the camera has gone on meanwhile.
    const { camera } = this.viewer
    await this.#until(
      () =>
        this.openFlag === flag || flag.state === 'failed' || !this.isWall || !sameCamera(camera, this.viewer.camera),
    )
  }

  /** Where the flight under way leads, by what hangs where just then. */
  #goal: (() => Camera) | null = null

  /** @returns whether it arrived */
  async #fly(goal: () => Camera): Promise<boolean> {
    this.#goal = goal
    return await this.#flight.to(goal())
  }

  /** Before the page has its size there is nowhere to fly. */
  readonly #sized: Promise<void>
  #tellSized: () => void = () => {}

  /** Closes the open flag and flies out, to where the whole wall is seen. */
  async surface(): Promise<void> {
    this.#abortLoading()
    this.#writeHash('replace')
    this.#close()
    this.#writeHash('push')
    await this.#sized
    if (this.viewer.isWorld) await this.#fly(() => this.wall.home)
  }

  /** Moves the keyboard's mark from flag to flag, and the camera with it where it must. */
  async step(direction: 'left' | 'right' | 'up' | 'down'): Promise<void> {
    const { world, viewer } = this
    const { places } = world
    if (places.length === 0) return
    const from = world.selected ? places.indexOf(world.selected) : -1
    const rects = places.map(({ rect }) => rect)
    const next = world.neighbour ?? neighbour
    const to = from < 0 ? places.indexOf(world.nearest as Place) : next(rects, from, direction)
    const place = places[to]
    world.selected = place
    this.said = world.describe(place)
    this.onChange()
    const { camera, viewport } = viewer
    const { rect } = place
    const halfWidth = viewport.width / 2 / camera.scale
    const halfHeight = viewport.height / 2 / camera.scale
    const shift = (start: number, size: number, centre: number, half: number) =>
      Math.min(0, start - (centre - half)) + Math.max(0, start + size - (centre + half))
    const dx = shift(rect.x - 0.2, rect.width + 0.4, camera.x, halfWidth)
    const dy = shift(rect.y - 0.2, rect.height + 0.6, camera.y, halfHeight)
    if (dx !== 0 || dy !== 0) await this.#fly(() => ({ ...camera, x: camera.x + dx, y: camera.y + dy }))
  }

  /** The place at a position of the stage, counted from its middle in drawing-buffer pixels; null between places. */
  placeUnder([dx, dy]: readonly [number, number]): Place | null {
    const { camera } = this.viewer
    const [x, y] = [camera.x + dx / camera.scale, camera.y + dy / camera.scale]
    const isUnder = ({ rect }: Place) =>
      x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height
    return this.world.places.find(isUnder) ?? null
  }

  /** Flies into a place of what is seen. */
  async diveInto(place: Place): Promise<void> {
    const world = this.#inside?.world ?? this.#strip
    if (!world) {
      await this.dive(place as WallFlag)
      return
    }
    world.selected = place
    this.onChange()
    await this.#fly(() => world.cameraOf(place))
  }

  /** Escape: a step back, from a unit to all of them, from a moment to its strip, from these to the flag, from a flag to the wall. */
  async back(): Promise<void> {
    if (this.#inside) this.insides?.back()
    else if (this.#strip) this.films?.leaveStrip()
    else if (this.viewer.isWorld || !this.films?.returnToStrip()) await this.surface()
  }

  // The strip of a film.

  /** What is seen while no network is: the units of the open one, the strip of its film, or the wall. */
  get world(): World {
    return this.#inside?.world ?? this.#strip ?? this.wall
  }

  /** Whether it is the wall that is seen. */
  get isWall(): boolean {
    return this.viewer.isWorld && this.world === this.wall
  }

  /** Whether units of the open network are seen. */
  get isInside(): boolean {
    return this.#inside !== null
  }

  /**
   * Shows the units of the open network in place of its picture.
   * @param isFlown whether the camera flies out of the picture to where all is seen; else it is there at once
   */
  showInside(world: InsideWorld, isFlown: boolean): void {
    const { viewer, wall } = this
    const { view } = viewer
    if (!this.file || this.#strip || this.#inside) return
    this.#writeHash('replace')
    this.#flight.stop()
    this.#inside = { world, view }
    wall.isAway = true
    viewer.worldScale = world.home.scale
    viewer.facets = world.facets
    const from = view && cameraFromView(world.placeOf(world.whole) as Item, view, viewer.viewport)
    viewer.move(isFlown && from ? from : world.home)
    this.#writeHash('push')
    this.onChange()
    if (isFlown) void this.#fly(() => world.home)
  }

  /** Shows the open network's picture again, as it was seen before. */
  async leaveInside(): Promise<void> {
    const inside = this.#inside
    if (!inside) return
    const { world, view } = inside
    const { viewer } = this
    const to = view && cameraFromView(world.placeOf(world.whole) as Item, view, viewer.viewport)
    if (to) await this.#fly(() => to)
    if (this.#inside !== inside) return
    this.#writeHash('replace')
    this.#putTogether()
    this.#writeHash('push')
    this.onChange()
  }

  /** Flies to where all of what is seen is seen. */
  async flyHome(): Promise<void> {
    const { world } = this
    await this.#fly(() => world.home)
  }

  #putTogether(): void {
    const { viewer, wall } = this
    if (!this.#inside) return
    const { view } = this.#inside
    this.#inside = null
    wall.isAway = false
    viewer.facets = null
    viewer.worldScale = wall.home.scale
    if (viewer.frame) viewer.setView(view ?? wholeFrame(viewer.frame))
  }

  /**
   * Shows a strip in place of the open file's picture, which becomes one of it.
   * @param residents all that hang in it
   * @param isFlown whether the camera flies to where all is seen; else it is there at once
   */
  showStrip(strip: World, residents: readonly Resident[], isFlown: boolean): void {
    this.#putTogether()
    const { viewer, wall } = this
    const { view } = viewer
    const place = strip.selected
    this.#writeHash('replace')
    this.#flight.stop()
    this.#strip = strip
    wall.isAway = true
    wall.guests = residents
    this.proof = { kind: 'none' }
    viewer.worldScale = strip.home.scale
    viewer.leave()
    if (isFlown && view && place) viewer.move(cameraFromView(strip.placeOf(place) as Item, view, viewer.viewport))
    else viewer.move(strip.home)
    this.#writeHash('push')
    this.onChange()
    if (isFlown) void this.#fly(() => strip.home)
  }

  /**
   * Opens the file whose strip is seen again, where a place of the strip hangs: the camera stays.
   * @returns whether it is open; false when something else was opened meanwhile
   */
  async enterFromStrip(place: Place, frame: Frame): Promise<boolean> {
    const { viewer, file } = this
    const strip = this.#strip
    if (!strip || !file) return false
    const view = viewer.view ?? wholeFrame(frame)
    this.#writeHash('replace')
    const entry = new AbortController()
    this.#stripEntry?.abort()
    this.#stripEntry = entry
    try {
      await viewer.open(file.network, frame, place.rect, entry.signal)
    } catch (error) {
      if (entry.signal.aborted) return false
      throw error
    }
    this.#strip = null
    this.wall.isAway = false
    viewer.worldScale = this.wall.home.scale
    viewer.setView(isWhole(view, frame) ? wholeFrame(frame) : view)
    return true
  }

  #stripEntry: AbortController | null = null

  /** Takes a film's networks out of the world. */
  forgetStrip(): void {
    this.wall.guests = []
  }

  /** Puts what has changed of the state into the address. @param how a new entry of the history, or the one there is */
  remember(how: 'push' | 'replace'): void {
    this.#writeHash(how)
  }

  stopFlight(): void {
    this.#flight.stop()
  }

  setSort(key: SortKey): void {
    this.#flight.stop()
    this.wall.setSort(key)
    this.#scheduleHash()
    this.onChange()
  }

  /** Shows the wall in place of what is open; the camera stays. @param isGliding whether it keeps its motion */
  #close(isGliding = false): void {
    const { viewer, wall } = this
    this.#stripEntry?.abort()
    this.#putTogether()
    if (viewer.isWorld && !this.#strip) return
    const flag = this.openFlag
    const { glide } = viewer
    const view = this.#strip && flag ? wholeFrame(wall.placeOf(flag).frame) : viewer.view
    if (this.#strip) viewer.worldScale = wall.home.scale
    this.#strip = null
    wall.isAway = false
    this.file = null
    this.proof = { kind: 'none' }
    wall.selected = flag
    viewer.leave()
    // The wall may have been hung anew meanwhile, or the frame changed.
    const rest = isGliding ? glide : undefined
    if (flag && view) viewer.move(cameraFromView(wall.placeOf(flag) as Item, view, viewer.viewport), rest)
    else viewer.move(wall.home)
    this.onChange()
  }

  /** The flag of the wall that is open; null for none, and for a file that does not hang there. */
  get openFlag(): WallFlag | null {
    return this.wall.flagBy(this.viewer.entered) ?? this.wall.flagAt(this.file?.url ?? null)
  }

  /** Enters a flag that was flown into, leaves one that was flown out of. */
  #followCamera(): void {
    const { viewer, wall } = this
    if (this.#flight.isFlying || this.isLoading || viewer.viewport.width === 0) return
    this.world.cameraMoved()
    wall.load()
    if (this.#inside) return
    const { view } = viewer
    if (!view) return
    if (this.#strip) {
      const place = this.#strip.nearest
      if (view.zoom >= ENTER_ZOOM * (1 - 1e-9) && place?.resident) this.films?.enter(place)
    } else if (viewer.isWorld) {
      const resident = viewer.nearest
      const flag = wall.flagBy(resident)
      if (view.zoom < ENTER_ZOOM * (1 - 1e-9) || !resident || !flag?.file || flag !== wall.nearest) return
      this.#writeHash('replace')
      if (!viewer.enter(resident)) return
      this.file = onWall(openParsed(flag.file), flag)
      this.isFrameSaid = false
      this.frameProblem = null
      this.proof = { kind: 'none' }
      if (isWhole(view, resident.frame)) viewer.setView(wholeFrame(resident.frame))
      wall.selected = flag
      this.#writeHash('push')
      this.onChange()
    } else if (view.zoom < LEAVE_ZOOM && !viewer.isAsAsked && !this.isHeld) {
      if (this.films?.returnToStrip()) return
      // A file that hangs on no wall would be lost; it is left by Escape.
      if (!this.openFlag) return
      this.#writeHash('replace')
      this.#close(true)
      this.#writeHash('push')
    }
  }

  /** What a screen reader is to be told of the wall. */
  said = ''

  /**
   * Puts the weights of a training into the open file; the view stays. So does the frame, unless the file states another.
   * @param before what they are for: nothing happens when another file is open by now
   * @returns what is open then, null when that is another file
   */
  replaceWeights(before: OpenFile, stateDict: StateDict): OpenFile | null {
    if (this.file !== before) return null
    const network = createNetwork(stateDict)
    if (!this.viewer.updateNetwork(before.network, network)) return null
    const { frame } = readFrame(stateDict)
    this.file = { ...before, stateDict, network, summary: summarizeFile(stateDict, network), ownFrame: frame }
    if (!sameFrame(frame, before.ownFrame)) this.viewer.setFrame(frame)
    this.proof = { kind: 'none' }
    this.#probeAgain()
    this.onChange()
    return this.file
  }

  /** The edits of the open file; null while nobody has begun to edit it. {@link startScrubbing} begins. */
  get scrub(): ScrubSession | null {
    return this.scrubs?.session ?? null
  }

  /** Begins to edit the open file, or goes on. @throws with one line when nothing is open */
  async startScrubbing(): Promise<ScrubSession> {
    if (!this.scrubs) throw new UnsupportedError('nothing can be edited here')
    return await this.scrubs.open()
  }

  /** Other weights are drawn than before. */
  weightsChanged(): void {
    this.proof = { kind: 'none' }
    this.#probeAgain()
    this.#scheduleHash()
    this.onChange()
  }

  /** The network of a flag of the wall. @throws with one line when there is none of this code, or it cannot be loaded */
  async loadFlag(code: string): Promise<Network> {
    const flag = this.wall.flagOf(code)
    const file = flag?.file ?? (flag?.url ? await parseUrl(flag.url) : null)
    if (!file) throw new FormatError(`there is no flag "${printableName(code)}" on the wall`)
    return file.network
  }

  /** As {@link open}, for buttons and drops: the one line is shown instead of thrown. */
  async tryOpen(source: string | Blob): Promise<void> {
    try {
      await this.open(source)
    } catch (error) {
      this.sayError(error)
    }
  }

  get frame(): Frame | null {
    return this.viewer.frame
  }

  setFrame(frame: Frame): void {
    this.viewer.setFrame(frame)
    this.isFrameSaid = true
    this.frameProblem = null
    this.proof = { kind: 'none' }
    this.onChange()
  }

  /** Whether the frame in place was chosen, by a person, a link or the solver. */
  isFrameSaid = false

  /** Says why what was typed is no frame; the frame stays. */
  refuseFrame(problem: string): void {
    this.frameProblem = problem
    this.onChange()
  }

  setSamples(samples: SampleCount | null): void {
    this.viewer.samples = samples
    this.onChange()
  }

  setOutline(outline: boolean): void {
    this.outline = outline
    this.#scheduleHash()
    this.onChange()
  }

  /** The whole flag; of a wall, the whole wall. */
  home(): void {
    if (this.frame && !this.#inside) this.viewer.setView(wholeFrame(this.frame))
    else void this.#fly(() => this.world.home)
  }

  /** The state as the hash spells it. */
  state(): PageState {
    const { frame, file } = this
    const view = this.viewer.view
    const whole = frame ? wholeFrame(frame) : null
    // A link to a strip, or to units, shows all of them.
    const isStrip = this.#strip !== null || this.#inside !== null
    const isCentred = isStrip || !view || !whole || (view.zoom === 1 && view.x === whole.x && view.y === whole.y)
    const { wall, isWall } = this
    const films = this.films?.state
    // Of a file that states no frame the default counts, too, once somebody chose it: the solver asks no more then.
    const isSaid = this.isFrameSaid && file !== null && !file.isFrameStated
    if (this.#awaited && isWall) return { ...this.#awaited, samples: this.viewer.samples, outline: this.outline }
    if (isWall)
      return {
        ...DEFAULT_STATE,
        ...this.#wallView(),
        sort: wall.sort,
        samples: this.viewer.samples,
        outline: this.outline,
      }
    return {
      file: file?.url ?? null,
      wall: null,
      sort: wall.sort,
      x: isCentred ? null : (view?.x ?? null),
      y: isCentred ? null : (view?.y ?? null),
      zoom: isStrip ? 1 : (view?.zoom ?? 1),
      samples: this.viewer.samples,
      outline: this.outline,
      frame: frame && file && (isSaid || !sameFrame(frame, file.ownFrame)) ? frame : null,
      film: films?.film ?? null,
      strip: films?.strip ?? false,
      edits: this.scrubs?.state.edits ?? null,
      neurons: this.insides?.state ?? null,
    }
  }

  /** What of the wall is seen, by the flag that is nearest; nothing where all of it is. */
  #wallView(): Partial<PageState> {
    const { nearest, isHome } = this.wall
    if (isHome || !nearest) return {}
    // The camera's own rounding is nobody's business: a link leads to the same words again.
    const rounded = (value: number) => Math.round(value * 1e12) / 1e12
    const { x, y, zoom } = this.wall.viewOf(nearest)
    return { wall: nearest.code, x: rounded(x), y: rounded(y), zoom: rounded(zoom) }
  }

  /** The position under the pointer, CSS pixels from the stage's top left; null when it has left. */
  hover(position: readonly [number, number] | null): void {
    this.#hover = position
    this.#probeAgain()
    this.onChange()
  }

  /** Says whether the keyboard is on the picture: then the middle of the view is probed. */
  focusStage(isFocused: boolean): void {
    this.isStageFocused = isFocused
    this.#probeAgain()
    this.onChange()
  }

  /** Deep in: the picture around the view's centre to first order, and the levels the view spans; else null. */
  get flatness(): { linear: LinearView; levels: number; isFlat: boolean } | null {
    const { item, folded, viewport, camera, frame } = this.viewer
    if (this.#inside || !item || !folded || !frame || viewport.width === 0) return null
    // Not worth the work where no picture is plain.
    if ((this.viewer.view?.zoom ?? 1) < FLAT_FROM_ZOOM) return null
    const sampling = itemSampling(item, camera)
    const levels = viewLevelSpan(folded, frame, sampling, viewport.width, viewport.height)
    return { linear: linearizeView(folded, frame, sampling), levels, isFlat: levels < FLAT_LEVELS }
  }

  /** Compares what draws on this machine with the float64 reference. */
  async prove(size?: { width?: number; height?: number }): Promise<ParityReport> {
    await this.viewer.whenReady()
    const { network, subject } = this.viewer
    if (!network || !this.frame) throw new UnsupportedError('there is nothing to prove: no file is open')
    if (!subject) throw new UnsupportedError('there is nothing to prove: the renderer is not ready')
    const proved = pictureSize(this.frame, size?.width ?? 320, size?.height)
    return await measureSubject(subject, network, this.frame, proved)
  }

  /** As {@link prove}, shown in the panel. */
  async showProof(): Promise<void> {
    if (this.proof.kind === 'running') return
    const running: Proof = { kind: 'running' }
    this.proof = running
    this.onChange()
    let proof: Proof
    try {
      proof = { kind: 'done', report: await this.prove() }
    } catch (error) {
      proof = { kind: 'failed', reason: lineOf(error) }
    }
    // Another file or frame has come meanwhile: this is not its proof.
    if (this.proof !== running) return
    this.proof = proof
    this.onChange()
  }

  /** The view as a PNG file, exactly the pixels at rest. */
  async pictureFile(): Promise<File> {
    await this.viewer.settled()
    const { width, height, data } = this.viewer.readPixels()
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    context.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/png' })
    return new File([blob], `${this.#baseName}.png`, { type: blob.type })
  }

  /**
   * The open file with what was edited of its parameters.
   * @param withFrame whether the frame in place is to stand in its metadata in any case; else it does where it was changed and
   *   parameters were, too: without edits the file's own bytes come back
   */
  networkFile(withFrame = false): File {
    if (!this.file || !this.frame) throw new UnsupportedError('there is nothing to save: no file is open')
    const copy = this.scrub?.stateDict() ?? StateDict.parse(this.file.stateDict.serialize())
    const { isFrameStated, ownFrame } = this.file
    const isChanged = !sameFrame(this.frame, ownFrame)
    const isEdited = this.scrub !== null && !this.scrub.isUnedited
    if (withFrame ? isChanged || !isFrameStated : isChanged && isEdited)
      copy.setMetadata(FRAME_KEY, JSON.stringify(this.frame))
    return new File([copy.serialize() as Uint8Array<ArrayBuffer>], `${this.#baseName}.safetensors`)
  }

  say(text: string): void {
    this.#say(text, false)
  }

  dismissMessage(): void {
    this.message = null
    this.onChange()
  }

  dispose(): void {
    clearTimeout(this.#hashTimer)
    clearTimeout(this.#messageTimer)
    this.#flight.stop()
    this.wall.dispose()
    this.#abortLoading()
    window.removeEventListener('hashchange', this.#onHashChange)
    this.viewer.dispose()
  }

  get #baseName(): string {
    return this.file?.name.replace(/\.safetensors$/i, '') || 'flag'
  }

  async #load(source: string | Blob, frame: Frame | null = null): Promise<void> {
    // Only the last of several opens under way counts; the others end quietly.
    this.#abortLoading()
    const loading = new AbortController()
    this.#loading = loading
    this.isLoading = true
    this.onChange()
    try {
      const loaded = await loadFile(source, loading.signal)
      const flag = this.wall.flagAt(loaded.url)
      const opened = onWall(await openLoaded(loaded), flag)
      loading.signal.throwIfAborted()
      this.#flight.stop()
      await this.viewer.open(opened.network, frame ?? opened.ownFrame, flag?.rect, loading.signal)
      this.#awaited = null
      this.#strip = null
      this.#inside = null
      this.wall.isAway = false
      // A strip or the units may have had another.
      this.viewer.worldScale = this.wall.home.scale
      this.file = opened
      this.isFrameSaid = frame !== null
      this.frameProblem = null
      this.proof = { kind: 'none' }
      this.message = null
      const { architecture, parameterCount } = opened.summary
      this.#say(
        `opened ${printableName(opened.name)}: ${architecture}, ${parameterCount.toLocaleString('en')} parameters`,
        false,
      )
    } finally {
      if (this.#loading === loading) {
        this.#loading = null
        this.isLoading = false
      }
      this.onChange()
    }
  }

  #abortLoading(): void {
    this.#loading?.abort(new DOMException('another file was opened meanwhile', 'AbortError'))
    this.#loading = null
    this.isLoading = false
  }

  async #applyHash(hash: string): Promise<void> {
    this.#abortLoading()
    const { state, problems: misspelled } = parseHash(hash)
    const problems = [...misspelled]
    this.#writtenHash = hash
    this.viewer.samples = state.samples
    this.outline = state.outline
    if (state.sort !== this.wall.sort) this.wall.setSort(state.sort)
    const isOfOpenBlob = this.file !== null && this.file.url === null && hash !== '' && state.wall === null
    if (state.file === null && !isOfOpenBlob) {
      const problem = this.#showWall(state)
      if (problem !== null) problems.push(problem)
      if (problems.length > 0) this.#say(problems.join('; '), true)
      return
    }
    try {
      if (state.file !== null && state.file !== this.file?.url) await this.#load(state.file, state.frame)
      else if (this.file && !this.#strip) {
        this.setFrame(state.frame ?? this.file.ownFrame)
        this.isFrameSaid = state.frame !== null
      }
      await this.films?.restore(state)
      const problem = (await this.scrubs?.restore(state)) ?? null
      if (problem !== null) problems.push(problem)
      await this.insides?.restore(state.neurons)
    } catch (error) {
      // Something else was opened meanwhile.
      if (error instanceof DOMException && error.name === 'AbortError') return
      // A page must not stay empty because of a bad link: the wall is there, under the message.
      if (!this.file) this.#showWall(DEFAULT_STATE)
      this.sayError(error)
      return
    }
    const { frame } = this.viewer
    if (frame && !this.#inside) {
      const whole = wholeFrame(frame)
      this.viewer.setView({ x: state.x ?? whole.x, y: state.y ?? whole.y, zoom: state.zoom })
    }
    if (problems.length > 0) this.#say(problems.join('; '), true)
    this.onChange()
  }

  /** What of the wall is to be shown once the viewport has a size. */
  #awaited: PageState | null = null

  /** Shows the wall as a state has it. @returns what is wrong with that, in a line; null for nothing */
  #showWall(state: PageState): string | null {
    const { wall: code, x, y, zoom } = state
    const { viewer, wall } = this
    this.#close()
    this.#awaited = viewer.viewport.width === 0 ? state : null
    const flag = code === null ? null : wall.flagOf(code)
    const problem = code !== null && !flag ? `link: wall: there is no flag "${printableName(code.slice(0, 30))}"` : null
    if (this.#awaited) return problem
    if (flag) {
      const place = wall.placeOf(flag) as Item
      const whole = wholeFrame(place.frame)
      // Never so near that it would be entered: that is what `file` is for.
      const view = { x: x ?? whole.x, y: y ?? whole.y, zoom: Math.min(zoom, 0.99 * ENTER_ZOOM) }
      viewer.move(cameraFromView(place, view, viewer.viewport))
      wall.selected = flag
    } else viewer.move(wall.home)
    // Before the next frame: a page that is sized anew meanwhile must not take it for the start screen.
    wall.cameraMoved()
    wall.load()
    this.onChange()
    return problem
  }

  readonly #onHashChange = (): void => {
    if (location.hash !== this.#writtenHash) void this.#applyHash(location.hash)
  }

  #scheduleHash(): void {
    clearTimeout(this.#hashTimer)
    this.#hashTimer = window.setTimeout(() => this.#writeHash('replace'), HASH_DELAY_MS)
  }

  #writeHash(how: 'push' | 'replace'): void {
    clearTimeout(this.#hashTimer)
    // While a file is on its way the address already names it.
    if (this.isLoading || (!this.file && !this.viewer.isWorld) || this.viewer.viewport.width === 0) return
    const hash = formatHash(this.state())
    if (hash === this.#writtenHash) return
    const url = hash || location.pathname + location.search
    if (how === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    this.#writtenHash = location.hash
  }

  /** Where the pointer is, CSS pixels from the stage's top left; null when it has left. */
  get pointer(): readonly [number, number] | null {
    return this.#hover
  }

  #probeAgain(): void {
    const { item, folded, frame, camera, viewport, pixelRatio } = this.viewer
    // By keyboard the middle of the view is what the pointer is to the mouse.
    const middle = this.isStageFocused ? [viewport.width / pixelRatio / 2, viewport.height / pixelRatio / 2] : null
    const position = this.#hover ?? middle
    if (this.#inside || !position || !item || !folded || !frame) {
      this.probe = null
      return
    }
    const sampling = itemSampling(item, camera)
    const x = sampling.x + (position[0] * pixelRatio - viewport.width / 2) * sampling.stepX
    const y = sampling.y + (position[1] * pixelRatio - viewport.height / 2) * sampling.stepY
    const raw = evaluateFolded(new Float64Array(3), folded, frame.order === 'xy' ? [x, y] : [y, x])
    this.probe = { x, y, rgb: [...applyTone(raw, toneOf(frame))].map(levelOf) }
  }

  #say(text: string, isError: boolean): void {
    clearTimeout(this.#messageTimer)
    this.message = { text, isError }
    // Good news goes by itself; an error stays until it is dismissed or something works.
    if (!isError) this.#messageTimer = window.setTimeout(() => this.dismissMessage(), NEWS_MS)
    this.onChange()
  }

  /** Shows what went wrong, in one line. */
  sayError(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    this.#say(lineOf(error), true)
  }
}

/** @throws FormatError beginning with the file's name */
async function parseUrl(url: string): Promise<ParsedFile> {
  const loaded = await loadFile(url)
  return withName(loaded.name, () => parseFile(loaded))
}

/** A file that hangs on the wall has the proportions it has there. */
function onWall(file: OpenFile, flag: WallFlag | null): OpenFile {
  return { ...file, ownFrame: framedAs(file.ownFrame, flag) }
}

/** Whether a view is the whole frame's but for a rounding, which is all that a flight ends away from it. */
function isWhole(view: View, frame: Frame): boolean {
  const whole = wholeFrame(frame)
  return Math.abs(view.zoom - 1) + Math.abs(view.x - whole.x) + Math.abs(view.y - whole.y) < 1e-9
}

/** Whether two frames are the same convention. */
export function sameFrame(a: Frame, b: Frame): boolean {
  return (
    `${a.x}` === `${b.x}` &&
    `${a.y}` === `${b.y}` &&
    a.order === b.order &&
    a.aspect === b.aspect &&
    a.output === b.output &&
    a.channels === b.channels
  )
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}
