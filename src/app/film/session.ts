// The film of an open flag, while its bar is open: which moment is shown, playing, the strip. The weights of a moment stand in
// for those of the file, which lie beneath and come back when it is closed.

import type { Film } from '../../film/film.js'
import type { Frame } from '../../model/frame.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Page } from '../page.js'
import { Playback, rounded } from '../../film/playback.js'
import { Strip, type StripSpot } from './strip.js'
import { createTrack, type Moment, momentAt, type Track } from './track.js'

/** After the last movement of the slider the picture comes to rest this late: until then speed counts, not samples. */
const SCRUB_MS = 250

export class FilmSession {
  readonly file: OpenFile
  readonly track: Track
  readonly #playback = new Playback()
  #strip: Strip | null = null
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
    private readonly page: Page,
    readonly film: Film,
    bytes: Uint8Array | null,
  ) {
    this.file = page.opened.file as OpenFile
    this.#bytes = bytes
    this.track = createTrack(film)
    page.opened.setOverlay('film', this.file.network)
    this.#playback.seek(1, 0)
    document.addEventListener('visibilitychange', this.#onVisibility)
  }

  /** Whether what it is the film of is still open. */
  get isOpen(): boolean {
    return !this.#isClosed && this.page.opened.file === this.file
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
    this.page.requestRender()
  }

  get speed(): number {
    return this.#playback.speed
  }

  set speed(speed: number) {
    this.#playback.setSpeed(speed, performance.now())
    this.page.requestRender()
  }

  /** Whether the snapshots are seen side by side. */
  get isStrip(): boolean {
    return this.#strip !== null && this.page.places.current === this.#strip
  }

  /** What hangs in the strip; nothing while it is not seen. */
  get stripSpots(): readonly StripSpot[] {
    return this.isStrip && this.#strip ? this.#strip.spots : []
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
    return this.page.opened.frame ?? this.#strip?.frame ?? this.file.ownFrame
  }

  /** Plays on from where it stands; in the strip, from the moment it was opened at, in the flag. */
  async play(): Promise<void> {
    if (this.isStrip) await this.leaveStrip()
    if (!this.isOpen || this.isStrip) return
    this.#playback.play(performance.now())
    if (document.hidden) this.#suspend()
    this.#requestTick()
    this.page.requestRender()
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
    if (isStrip) (this.#strip as Strip).selected = (this.#strip as Strip).spotAt(this.position)
    clearTimeout(this.#scrubTimer)
    if (this.#playback.isPlaying || isStrip) this.page.requestRender()
    else if (isScrub) {
      this.page.viewer.loop.isLive = true
      this.#scrubTimer = window.setTimeout(() => this.#rest(), SCRUB_MS)
      this.#requestTick()
      this.page.requestRender()
    } else this.#rest()
  }

  /** Ends it: the file's own weights are shown, exactly. */
  async close(): Promise<void> {
    this.pause()
    if (this.isStrip) await this.leaveStrip()
    this.end()
  }

  /** Forgets all, also when the file was left meanwhile. */
  end(): void {
    if (this.#isClosed) return
    const isOpen = this.isOpen
    this.#isClosed = true
    cancelAnimationFrame(this.#frameRequest)
    clearTimeout(this.#scrubTimer)
    document.removeEventListener('visibilitychange', this.#onVisibility)
    this.page.viewer.loop.isLive = false
    // Of a file that was left nothing lies over anything any more.
    if (isOpen) this.page.opened.setOverlay('film', null)
    if (this.#strip) this.page.places.forgetStrip()
    this.page.requestRender()
  }

  // The strip.

  /** Shows all snapshots side by side. @param isFlown whether the camera flies there; else it is there at once */
  showStrip(isFlown = true): void {
    const { page, frame } = this
    if (!this.isOpen || this.isStrip) return
    this.pause()
    clearTimeout(this.#scrubTimer)
    page.viewer.loop.isLive = false
    if (this.#strip?.frame !== frame) this.#strip = this.#createStrip(frame)
    const strip = this.#strip
    strip.arrange()
    strip.selected = strip.spotAt(this.position)
    page.places.showStrip(strip, isFlown)
    page.requestRender()
  }

  #createStrip(frame: Frame): Strip {
    const exits = {
      enter: (spot: StripSpot) => void this.enter(spot),
      reopen: () => this.showStrip(),
      leave: () => void this.leaveStrip(),
    }
    return new Strip(this.page.viewer, this.film, frame, exits, residents => {
      this.page.wall.guests = residents
    })
  }

  /** Opens a snapshot: the flag at that moment, under the camera as it is. */
  async enter(spot: StripSpot): Promise<void> {
    await this.#enter(spot, spot.position, true)
  }

  /** Flies from the strip back into the flag, at the moment where it was left. */
  async leaveStrip(): Promise<void> {
    const strip = this.#strip
    if (!this.isStrip || !strip) return
    const { position, page } = this
    const spot = strip.spotAt(position)
    this.#isLeaving = true
    await page.places.flyInto(spot)
    // The flight has entered it, unless it was broken off.
    await this.#entering
    if (this.isStrip && this.isOpen) {
      page.viewer.navigator.move(strip.cameraOf(spot))
      await this.#enter(spot, position, false)
    }
    this.#isLeaving = false
    if (this.isOpen && !this.isStrip) this.seek(position)
  }

  /** Whether the flight under way leads back to the flag, and not to one of its moments. */
  #isLeaving = false
  #isEntering = false
  #entering: Promise<void> = Promise.resolve()

  #enter(spot: StripSpot, position: number, isMoment: boolean): Promise<void> {
    if (this.#isEntering) return this.#entering
    this.#isEntering = true
    const entering = async () => {
      const { places, address, messages } = this.page
      try {
        if (!(await places.enterFromStrip(spot, this.frame, isMoment && !this.#isLeaving))) return
        this.#shownPosition = 1
        this.#playback.seek(position, performance.now())
        this.#rest()
        address.write('push')
      } catch (error) {
        messages.sayError(error)
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
    const { viewer } = this.page
    const isPlaying = this.#playback.isPlaying
    this.#playback.advance(performance.now())
    if (isPlaying && !this.#playback.isPlaying) {
      this.#rest()
      return
    }
    if (isPlaying) viewer.loop.isLive = true
    const isDue = this.position !== this.#shownPosition
    if (isDue && viewer.isUpToDate) this.#show()
    if (this.#playback.isPlaying || this.position !== this.#shownPosition) this.#requestTick()
    this.page.requestRender()
  }

  /** Shows exactly where it stands, as a picture at rest. */
  #rest(): void {
    if (!this.isOpen || this.isStrip) return
    this.page.viewer.loop.isLive = false
    this.#show()
    this.page.requestRender()
  }

  #show(): void {
    const { position, page } = this
    this.#shownPosition = position
    try {
      // The file's own are the end: they may be rounded otherwise than the film's last, or have learned on.
      page.opened.setOverlay('film', position >= 1 ? this.file.network : this.film.copyAt(position))
    } catch (error) {
      this.#playback.pause(performance.now())
      page.viewer.loop.isLive = false
      page.messages.sayError(error)
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
