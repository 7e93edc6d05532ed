// The film of an open flag, while its bar is open: which moment is shown, playing, the strip. The weights of a moment stand in
// for those of the file; the explorer's file stays what it is, and the viewer gives it back by itself when it is left.

import type { Film } from '../../film/film.js'
import type { Frame } from '../../model/frame.js'
import type { Network, NetworkLayer } from '../../model/network.js'
import type { Explorer } from '../explorer.js'
import type { OpenFile } from '../open-file.js'
import type { Place } from '../places.js'
import { Playback, rounded } from './playback.js'
import { Strip, type StripPlace } from './strip.js'
import { createTrack, type Moment, momentAt, type Track } from './track.js'

/** After the last movement of the slider the picture comes to rest this late: until then speed counts, not samples. */
const SCRUB_MS = 250

export class FilmSession {
  readonly file: OpenFile
  readonly track: Track
  readonly #playback = new Playback()
  /** Whether the moment was entered from the strip, to which Escape goes back then. */
  #isFromStrip = false
  #strip: Strip | null = null
  #isEntering = false
  /** What stands in for nothing: the weights that the viewer has of the open file. */
  #own: Network | null
  #shownPosition = 1
  #frameRequest = 0
  #scrubTimer = 0
  /** Whether it goes on playing when the tab is seen again. */
  #isSuspended = false
  #isClosed = false

  /** Null where the open file is the film. */
  readonly #bytes: Uint8Array | null

  /** @param bytes of the film; null where it is the open file itself */
  constructor(
    private readonly explorer: Explorer,
    readonly film: Film,
    bytes: Uint8Array | null,
    private readonly onChange: () => void,
  ) {
    this.file = explorer.file as OpenFile
    this.#bytes = bytes
    this.track = createTrack(film)
    this.#own = explorer.viewer.ownNetwork
    this.#playback.seek(1, 0)
    document.addEventListener('visibilitychange', this.#onVisibility)
  }

  /** Whether what it is the film of is still open. */
  get isOpen(): boolean {
    return !this.#isClosed && this.explorer.file === this.file
  }

  get position(): number {
    return this.#playback.position
  }

  get moment(): Moment {
    return momentAt(this.film, this.position)
  }

  get isPlaying(): boolean {
    return this.#playback.isPlaying || this.#isSuspended
  }

  get isLooping(): boolean {
    return this.#playback.isLooping
  }

  set isLooping(isLooping: boolean) {
    this.#playback.isLooping = isLooping
    this.onChange()
  }

  get speed(): number {
    return this.#playback.speed
  }

  set speed(speed: number) {
    this.#playback.setSpeed(speed, performance.now())
    this.onChange()
  }

  /** Whether the snapshots are seen side by side. */
  get isStrip(): boolean {
    return this.#strip !== null && this.explorer.world === this.#strip
  }

  /** What hangs in the strip; nothing while it is not seen. */
  get stripPlaces(): readonly StripPlace[] {
    return this.isStrip && this.#strip ? this.#strip.places : []
  }

  get isFromStrip(): boolean {
    return this.#isFromStrip && !this.isStrip
  }

  /** The film as a file. */
  get bytes(): Uint8Array {
    return this.#bytes ?? this.file.stateDict.serialize()
  }

  /** What files of it are called, without ending. */
  get baseName(): string {
    return this.file.name.replace(/(?:\.film)?\.safetensors$/i, '') || 'film'
  }

  /** What is drawn of the flag, also while its strip is seen. */
  get frame(): Frame {
    return this.explorer.frame ?? this.#strip?.frame ?? this.file.ownFrame
  }

  /** Plays on from where it stands; in the strip, from the moment it was opened at, in the flag. */
  async play(): Promise<void> {
    if (this.isStrip) await this.leaveStrip()
    if (!this.isOpen || this.isStrip) return
    this.#playback.play(performance.now())
    if (document.hidden) this.#suspend()
    this.#requestTick()
    this.onChange()
  }

  pause(): void {
    this.#isSuspended = false
    if (!this.#playback.isPlaying) return
    this.#playback.pause(performance.now())
    this.#rest()
  }

  /** Goes to a position and shows it. @param isScrub whether others follow at once, as from a slider that is dragged */
  seek(position: number, isScrub = false): void {
    if (!this.isOpen) return
    this.#playback.seek(isScrub ? rounded(position) : position, performance.now())
    const { isStrip } = this
    if (isStrip) (this.#strip as Strip).selected = (this.#strip as Strip).placeAt(this.position)
    clearTimeout(this.#scrubTimer)
    if (this.#playback.isPlaying || isStrip) this.onChange()
    else if (isScrub) {
      this.explorer.viewer.isLive = true
      this.#scrubTimer = window.setTimeout(() => this.#rest(), SCRUB_MS)
      this.#requestTick()
      this.onChange()
    } else this.#rest()
  }

  /** Ends it: the file's own weights are shown, exactly. */
  async close(): Promise<void> {
    this.pause()
    if (this.isStrip) await this.leaveStrip()
    if (this.isOpen && this.#own) this.explorer.viewer.showMoment(this.#own, null)
    this.end()
  }

  /** Forgets all, also when the file was left meanwhile. */
  end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    cancelAnimationFrame(this.#frameRequest)
    clearTimeout(this.#scrubTimer)
    document.removeEventListener('visibilitychange', this.#onVisibility)
    this.explorer.viewer.isLive = false
    if (this.#strip) this.explorer.forgetStrip()
    this.onChange()
  }

  // The strip.

  /** Shows all snapshots side by side. @param isFlown whether the camera flies there; else it is there at once */
  showStrip(isFlown = true): void {
    const { explorer, frame } = this
    if (!this.isOpen || this.isStrip) return
    this.pause()
    clearTimeout(this.#scrubTimer)
    explorer.viewer.isLive = false
    this.#isFromStrip = false
    if (this.#strip?.frame !== frame)
      this.#strip = new Strip(explorer.viewer, this.film, frame, residents => {
        explorer.wall.guests = residents
      })
    const strip = this.#strip
    strip.arrange()
    strip.selected = strip.placeAt(this.position)
    explorer.showStrip(strip, strip.residents, isFlown)
    this.onChange()
  }

  /** Opens a snapshot: the flag at that moment, under the camera as it is. */
  async enter(place: Place): Promise<void> {
    if (this.#isEntering) return
    await this.#enter(place as StripPlace, (place as StripPlace).position)
    this.#isFromStrip = this.isOpen && !this.isStrip
  }

  /** Flies from the strip back into the flag, at the moment where it was left. */
  async leaveStrip(): Promise<void> {
    const strip = this.#strip
    if (!this.isStrip || !strip) return
    const { position } = this
    const place = strip.placeAt(position)
    await this.explorer.diveInto(place)
    // The flight has entered it, unless it was broken off.
    await this.#entering
    if (this.isStrip && this.isOpen) {
      this.explorer.viewer.move(strip.cameraOf(place))
      await this.#enter(place, position)
    }
    this.#isFromStrip = false
    if (this.isOpen && !this.isStrip) this.seek(position)
  }

  #entering: Promise<void> = Promise.resolve()

  #enter(place: StripPlace, position: number): Promise<void> {
    if (this.#isEntering) return this.#entering
    this.#isEntering = true
    const entering = async () => {
      try {
        if (!(await this.explorer.enterFromStrip(place, this.frame))) return
        this.#own = this.file.network
        this.#shownPosition = 1
        this.#playback.seek(position, performance.now())
        this.#rest()
        this.explorer.remember('push')
      } catch (error) {
        this.explorer.sayError(error)
      } finally {
        this.#isEntering = false
      }
    }
    this.#entering = entering()
    return this.#entering
  }

  // Time.

  #requestTick(): void {
    if (this.#frameRequest === 0) this.#frameRequest = requestAnimationFrame(this.#tick)
  }

  readonly #tick = (): void => {
    this.#frameRequest = 0
    if (!this.isOpen) {
      this.end()
      return
    }
    if (this.isStrip || this.#isSuspended) return
    const { viewer } = this.explorer
    const isPlaying = this.#playback.isPlaying
    this.#playback.advance(performance.now())
    if (isPlaying && !this.#playback.isPlaying) {
      this.#rest()
      return
    }
    if (isPlaying) viewer.isLive = true
    const isDue = this.position !== this.#shownPosition
    if (isDue && viewer.isUpToDate) this.#show()
    if (this.#playback.isPlaying || this.position !== this.#shownPosition) this.#requestTick()
    this.onChange()
  }

  /** Shows exactly where it stands, as a picture at rest. */
  #rest(): void {
    if (!this.isOpen || this.isStrip) return
    this.explorer.viewer.isLive = false
    this.#show()
    this.onChange()
  }

  #show(): void {
    const { position } = this
    this.#shownPosition = position
    if (!this.#own) return
    try {
      // The file's own are the end: they may be rounded otherwise than the film's last, or have learned on.
      this.explorer.viewer.showMoment(this.#own, position >= 1 ? null : copied(this.film.networkAt(position)))
    } catch (error) {
      this.#playback.pause(performance.now())
      this.explorer.viewer.isLive = false
      this.explorer.sayError(error)
    }
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) {
      if (this.#playback.isPlaying) this.#suspend()
    } else if (this.#isSuspended) {
      this.#isSuspended = false
      void this.play()
    }
  }

  /** Nothing runs in a hidden tab. */
  #suspend(): void {
    this.#playback.pause(performance.now())
    this.#isSuspended = true
    cancelAnimationFrame(this.#frameRequest)
    this.#frameRequest = 0
  }
}

/** A film's network is replaced by its next moment; what is shown stays what it is. */
function copied(network: Network): Network {
  const layers = network.layers.map(
    layer =>
      Object.fromEntries(
        Object.entries(layer).map(([key, value]) => [key, value instanceof Float64Array ? value.slice() : value]),
      ) as unknown as NetworkLayer,
  )
  return { ...network, layers }
}
