// What is seen, as a state machine: the wall, one flag, the strip of its film, its units. Each is left and entered here and nowhere else, by the
// camera, by Escape, by a link; what is seen follows from where one is, and the address from that.

import type { Frame } from '../../model/frame.js'
import { type View, wholeFrame } from '../../model/view.js'
import type { Viewer } from '../../draw/viewer.js'
import { cameraFromView, type Item } from '../../world/item.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Opened } from '../open/opened.js'
import type { Signal } from '../signal.js'
import { Movement } from './movement.js'
import type { FlagSpot, FlagWall, Place, Spot, StripPlace, UnitsPlace } from './place.js'
import { type WallView, wallViewOf } from './wall-view.js'

/** A flag of the wall that fills the view is entered; one that was made so small is left. */
const ENTER_ZOOM = 1
export const LEAVE_ZOOM = 0.6
/** What arrives there by a flight ends a rounding away from it. */
const WHOLE_ZOOM = ENTER_ZOOM * (1 - 1e-9)

/** Where one is. */
type At =
  | { readonly kind: 'wall' }
  /** `from`: the strip that it was entered from, to which Escape leads back. */
  | { readonly kind: 'flag'; readonly from: StripPlace | null }
  /** The file whose film it is of stays open. */
  | { readonly kind: 'strip'; readonly place: StripPlace }
  /** `view`: that of the flag, as it was left; `from`: as the flag has it. */
  | { readonly kind: 'units'; readonly place: UnitsPlace; readonly view: View | null; readonly from: StripPlace | null }

export class Places {
  readonly movement: Movement
  #at: At = { kind: 'wall' }
  /** What of the wall is to be shown once the viewport has a size. */
  #awaited: WallView | null = null
  #entry: AbortController | null = null

  /** @param write puts what is open and seen into the address: called around every transition */
  constructor(
    private readonly viewer: Viewer,
    private readonly opened: Opened,
    private readonly wall: FlagWall,
    private readonly write: (how: 'push' | 'replace') => void,
  ) {
    this.movement = new Movement(viewer, () => ({ place: this.current, isSeen: this.#at.kind !== 'flag' }))
  }

  /** What is seen, or where from. */
  get changed(): Signal {
    return this.movement.changed
  }

  get kind(): At['kind'] {
    return this.#at.kind
  }

  /** What is seen while no network is seen alone; in a flag, the wall that it hangs on. */
  get current(): Place {
    return this.#at.kind === 'strip' || this.#at.kind === 'units' ? this.#at.place : this.wall
  }

  get isWall(): boolean {
    return this.#at.kind === 'wall'
  }

  /** Whether the wall may be hung anew: else whoever is still on the way out of a flag would be in another one. */
  get isWallAtRest(): boolean {
    const { navigator, view } = this.viewer
    return this.isWall && !navigator.isFlying && (view?.zoom ?? 0) < WHOLE_ZOOM
  }

  get isUnits(): boolean {
    return this.#at.kind === 'units'
  }

  /** Whether a network is open and seen: as a picture, or as those of its units. */
  get isFlagSeen(): boolean {
    return this.opened.file !== null && (this.#at.kind === 'flag' || this.#at.kind === 'units')
  }

  /** The flag of the wall that is open; null for none, and for a file that does not hang there. */
  get openFlag(): FlagSpot | null {
    const { file } = this.opened
    return this.wall.flagBy(this.viewer.contents.entered) ?? (file && this.wall.flagOfKey(file.key))
  }

  /** What of the wall is seen, by the flag that is nearest; null where it is not the wall that is seen. */
  get wallView(): WallView | null {
    if (!this.isWall) return null
    if (this.#awaited) return this.#awaited
    return wallViewOf(this.wall, this.movement.restingCamera, this.viewer.viewport)
  }

  /** The whole flag; of a place, all of it. */
  home(): void {
    const { frame } = this.opened
    if (frame && this.#at.kind === 'flag') this.viewer.navigator.setView(wholeFrame(frame))
    else void this.movement.flyHome()
  }

  /** Flies into a spot of what is seen. */
  async flyInto(spot: Spot): Promise<void> {
    const place = this.current
    if (place === this.wall) {
      await this.enterFlag(spot as FlagSpot)
      return
    }
    place.selected = spot
    this.changed.emit()
    await this.movement.fly(() => place.cameraOf(spot))
  }

  /** Escape: a step back, from a unit to all of them, from a moment to its strip, from these to the flag, from a flag to the wall. */
  back(): void {
    if (this.#at.kind === 'flag' && this.#at.from) this.#at.from.reopen()
    else this.current.back()
  }

  /** Flies into a flag of the wall and opens it; resolves when it is open, cannot be, or something else was asked for. */
  async enterFlag(flag: FlagSpot): Promise<void> {
    this.opened.abortLoading()
    this.write('replace')
    this.close()
    this.wall.selected = flag
    this.changed.emit()
    await this.movement.sized
    // Something else may have been asked for while the page had no size.
    if (this.wall.selected !== flag || !this.isWall) return
    const from = this.movement.restingCamera
    const goal = () => this.wall.cameraOf(flag)
    const hasArrived = await this.movement.fly(goal, () => from)
    if (!hasArrived) return
    // It is entered once its net is there, unless the camera has gone on meanwhile.
    await this.changed.until(
      () => this.openFlag === flag || flag.state === 'failed' || !this.isWall || !this.movement.isAt(goal),
    )
  }

  /** Closes what is open and flies out, to where the whole wall is seen. */
  async showWall(): Promise<void> {
    this.opened.abortLoading()
    this.write('replace')
    this.close()
    this.write('push')
    await this.movement.sized
    if (!this.isWall) return
    const flight = this.movement.flyHome()
    this.write('replace')
    await flight
  }

  /** Flies to a flag of the wall, near enough to be looked at, and no further out than one is. */
  async approach(flag: FlagSpot): Promise<void> {
    this.close()
    this.wall.selected = flag
    await this.movement.sized
    const { scale } = this.viewer.camera
    await this.movement.fly(() => {
      const target = this.wall.cameraOf(flag)
      return { ...target, scale: Math.max(scale, target.scale / 3) }
    })
  }

  /** Shows the wall at once, as an address has it. @returns whether there is such a flag */
  showWallAt(view: WallView): boolean {
    const { viewer, wall } = this
    this.close()
    this.#awaited = viewer.viewport.width === 0 ? view : null
    const flag = view.wall === null ? null : wall.flagOf(view.wall)
    if (this.#awaited) return view.wall === null || flag !== null
    if (flag) {
      const anchor = wall.anchorOf(flag) as Item
      const whole = wholeFrame(anchor.frame)
      // Never so near that it would be entered: that is what `file` is for.
      const zoom = Math.min(view.zoom, 0.99 * ENTER_ZOOM)
      const near = { x: view.x ?? whole.x, y: view.y ?? whole.y, zoom }
      this.movement.jump(cameraFromView(anchor, near, viewer.viewport), false)
      wall.selected = flag
    } else this.movement.jump(wall.home, true)
    wall.load()
    this.changed.emit()
    return view.wall === null || flag !== null
  }

  /** Shows the wall in place of what is open; the camera stays. @param isGliding whether it keeps its motion */
  close(isGliding = false): void {
    const { viewer, wall, opened } = this
    this.#entry?.abort()
    this.#putTogether()
    if (this.#at.kind === 'wall') return
    const flag = this.openFlag
    const { glide } = viewer.navigator
    const view = this.#at.kind === 'strip' && flag ? wholeFrame(wall.anchorOf(flag).frame) : viewer.view
    this.#at = { kind: 'wall' }
    viewer.contents.leave()
    opened.close()
    wall.selected = flag
    // The wall may have been hung anew meanwhile, or the frame changed.
    const rest = isGliding ? glide : undefined
    if (flag && view)
      this.movement.jump(cameraFromView(wall.anchorOf(flag) as Item, view, viewer.viewport), false, rest)
    else this.movement.jump(wall.home, true)
    this.changed.emit()
  }

  // A flag.

  /** A file was opened alone, and the viewer shows it. */
  showFile(file: OpenFile, isFrameChosen: boolean): void {
    this.#awaited = null
    this.#at = { kind: 'flag', from: null }
    this.opened.take(file, isFrameChosen)
    this.changed.emit()
  }

  /** Follows a camera that was moved: enters a flag that was flown into, leaves one that was flown out of. */
  cameraMoved(): void {
    const { viewer, wall } = this
    const { navigator } = viewer
    if (navigator.isFlying || this.opened.isLoading || viewer.viewport.width === 0) return
    if (this.#at.kind !== 'flag') this.movement.noteHome()
    wall.load()
    const { view } = viewer
    if (!view) return
    switch (this.#at.kind) {
      case 'wall':
        if (view.zoom >= WHOLE_ZOOM) this.#enterNearest(view)
        break
      case 'strip': {
        const { place } = this.#at
        if (view.zoom >= WHOLE_ZOOM && place.nearest?.resident) place.enter(place.nearest)
        break
      }
      case 'flag':
        if (view.zoom < LEAVE_ZOOM && !navigator.isAsAsked && !this.opened.isTraining) this.#leaveFlag(this.#at.from)
        break
      default:
    }
  }

  #enterNearest(view: View): void {
    const { viewer, wall } = this
    const resident = viewer.contents.nearest
    const flag = wall.flagBy(resident)
    if (!resident || !flag?.file || flag !== wall.nearest) return
    // The entry of the wall stays as it was at rest: nobody is to come back to the middle of the way.
    if (!viewer.contents.enter(resident)) return
    this.#at = { kind: 'flag', from: null }
    this.opened.take(wall.openFile(flag, flag.file), false)
    if (isWhole(view, resident.frame)) viewer.navigator.setView(wholeFrame(resident.frame))
    wall.selected = flag
    this.write('push')
    this.changed.emit()
  }

  #leaveFlag(from: StripPlace | null): void {
    if (from) {
      from.reopen()
      return
    }
    // A file that hangs on no wall would be lost; it is left by Escape.
    if (!this.openFlag) return
    this.write('replace')
    this.close(true)
    this.write('push')
  }

  // The units of the open network.

  /**
   * Shows the units of the open network in place of its picture.
   * @param isFlown whether the camera flies out of the picture to where all is seen; else it is there at once
   */
  showUnits(place: UnitsPlace, isFlown: boolean): void {
    const { viewer } = this
    const { view } = viewer
    if (this.#at.kind !== 'flag') return
    this.write('replace')
    viewer.navigator.stop()
    this.#at = { kind: 'units', place, view, from: this.#at.from }
    viewer.contents.facets = place.facets
    const from = view && cameraFromView(place.anchorOf(place.whole) as Item, view, viewer.viewport)
    this.movement.jump(isFlown && from ? from : place.home, !isFlown || !from)
    this.write('push')
    this.changed.emit()
    if (isFlown) void this.movement.flyHome()
  }

  /** Shows the open network's picture again, as it was seen before. */
  async leaveUnits(): Promise<void> {
    const at = this.#at
    if (at.kind !== 'units') return
    const { place, view } = at
    const { viewer } = this
    const to = view && cameraFromView(place.anchorOf(place.whole) as Item, view, viewer.viewport)
    if (to) await this.movement.fly(() => to)
    if (this.#at !== at) return
    this.write('replace')
    this.#putTogether()
    this.write('push')
    this.changed.emit()
  }

  #putTogether(): void {
    const { viewer } = this
    if (this.#at.kind !== 'units') return
    const { view, from } = this.#at
    this.#at = { kind: 'flag', from }
    viewer.contents.facets = null
    if (viewer.frame) viewer.navigator.setView(view ?? wholeFrame(viewer.frame))
  }

  // The strip of a film.

  /**
   * Shows a strip in place of the open file's picture, which becomes one of it.
   * @param isFlown whether the camera flies to where all is seen; else it is there at once
   */
  showStrip(place: StripPlace, isFlown: boolean): void {
    this.#putTogether()
    const { viewer, wall } = this
    const { view } = viewer
    const spot = place.selected
    this.write('replace')
    viewer.navigator.stop()
    this.#at = { kind: 'strip', place }
    wall.guests = place.residents
    viewer.contents.leave()
    this.opened.seenAnew()
    const from = isFlown && view && spot && cameraFromView(place.anchorOf(spot) as Item, view, viewer.viewport)
    this.movement.jump(from || place.home, !from)
    this.write('push')
    this.changed.emit()
    if (isFlown) void this.movement.flyHome()
  }

  /**
   * Opens the file whose strip is seen again, where a spot of the strip hangs: the camera stays.
   * @param isMoment whether Escape leads back to the strip
   * @returns whether it is open; false when something else was opened meanwhile
   */
  async enterFromStrip(spot: Spot, frame: Frame, isMoment: boolean): Promise<boolean> {
    const { viewer } = this
    const { file } = this.opened
    const at = this.#at
    if (at.kind !== 'strip' || !file) return false
    const view = viewer.view ?? wholeFrame(frame)
    this.write('replace')
    const entry = new AbortController()
    this.#entry?.abort()
    this.#entry = entry
    try {
      await viewer.contents.open(file.network, frame, spot.rect, entry.signal)
    } catch (error) {
      if (entry.signal.aborted) return false
      throw error
    }
    this.#at = { kind: 'flag', from: isMoment ? at.place : null }
    this.opened.seenAnew()
    viewer.navigator.setView(isWhole(view, frame) ? wholeFrame(frame) : view)
    this.changed.emit()
    return true
  }

  /** The strip is no more: takes its networks out of the world. */
  forgetStrip(): void {
    this.wall.guests = []
    if (this.#at.kind === 'flag' || this.#at.kind === 'units') this.#at = { ...this.#at, from: null }
  }

  // The viewport.

  /** The viewport has another size. */
  resized(): void {
    if (this.#awaited) {
      this.movement.resized(() => this.wall.arrange())
      this.showWallAt(this.#awaited)
      return
    }
    const { current, wall } = this
    // What is not seen finds its place in the new viewport, too.
    if (current !== wall && wall.isStale) wall.arrange()
    this.movement.resized(() => {
      if (current !== wall || wall.isStale) current.arrange()
    })
  }

  /** Hangs the pictures of a place elsewhere, seen or not. */
  rehang(place: Place, arrange: () => void): void {
    if (place === this.current) this.movement.rehang(arrange)
    else arrange()
  }
}

/** Whether a view is the whole frame's but for a rounding, which is all that a flight ends away from it. */
function isWhole(view: View, frame: Frame): boolean {
  const whole = wholeFrame(frame)
  return Math.abs(view.zoom - 1) + Math.abs(view.x - whole.x) + Math.abs(view.y - whole.y) < 1e-9
}
