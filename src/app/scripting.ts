// window.vexel: the documented scripting face of the page, for consoles, lessons and end-to-end tests.

import { wholeFrame, type View } from '../model/view.js'
import type { ParityReport } from '../gpu/parity.js'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { type Frame, parseFrame } from '../model/frame.js'
import type { Solution } from '../solve/solution.js'
import type { Explorer } from './explorer.js'
import type { FilmScripting } from './film/scripting.js'
import type { PageState } from './page-state.js'
import { boxOf } from './places/box.js'
import type { ScrubScripting } from './scrub/scripting.js'
import type { NeuronScripting } from './neurons/scripting.js'
import type { TrainCall, TrainHandle } from './training/scripting.js'
import type { Pixels } from '../draw/renderer.js'
import type { ViewerStats } from '../draw/viewer-stats.js'

/** `window.vexel`. */
export interface VexelScripting {
  /** Resolves when the page has opened what its address names. */
  readonly ready: Promise<void>
  /** Opens a file, told what stands between its layers where it does not say; rejects with one line, and what was open stays. */
  open(source: string | Blob, options?: { readonly architecture?: string }): Promise<void>
  /** The view: plane centre and zoom (1 is the whole flag). Set it, or any of its three, to move there at once. */
  get camera(): View
  set camera(view: Partial<View>)
  /** The frame the picture is drawn in. Set any of its fields. */
  get frame(): Frame
  set frame(frame: Partial<Frame>)
  /** The wall: its flags in their order, and flights to them. */
  readonly wall: WallScripting
  /** All that the hash spells; `samples` is the number asked for, null for auto: `stats()` says what is shown. */
  state(): PageState
  /** Resolves when the picture at rest is complete. */
  settled(): Promise<void>
  /** The drawing buffer: RGBA, row 0 at the top. */
  readPixels(): Pixels
  /** Renderer, GPU objects alive, milliseconds of the last whole picture, the samples a pixel that it shows just now. */
  stats(): ViewerStats
  /** Shader against the float64 reference over the whole frame, on this machine. */
  prove(size?: { width?: number; height?: number }): Promise<ParityReport>
  /** What the open net draws, found from its weights alone; the frame stays. Rejects with one line when no file is open. */
  solve(): Promise<Solution>
  /** Trains an image, by its URL or its bytes; rejects with one line, and what was open stays. */
  train(source: string | Blob, options?: TrainCall): Promise<TrainHandle>
  /** The film of what is open. */
  readonly film: FilmScripting
  /** The edits of what is open. */
  readonly edits: ScrubScripting
  /** The units of what is open, and why its pixels have their colours. */
  readonly neurons: NeuronScripting
  /** Stops drawing and frees everything on the GPU; the page is of no use afterwards. */
  dispose(): void
}

/** A flag of the wall. */
export interface WallPlace {
  readonly code: string
  readonly name: string
  readonly state: 'waiting' | 'loading' | 'ready' | 'failed'
  /** Why it failed. */
  readonly problem: string | null
  /** Where it hangs just now, CSS pixels from the top left corner of the picture. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** `window.vexel.wall`. */
export interface WallScripting {
  readonly flags: readonly WallPlace[]
  /** Flies into a flag; rejects when there is none of this code. */
  fly(code: string): Promise<void>
  /** Flies out, to where the whole wall is seen. */
  home(): Promise<void>
}

declare global {
  interface Window {
    vexel: VexelScripting
  }
}

/** Puts the face on the window. @param rendered resolves when the page shows what is known by now, and has its layout */
export function installScripting(
  explorer: Explorer,
  ready: Promise<void>,
  train: VexelScripting['train'],
  film: FilmScripting,
  edits: ScrubScripting,
  neurons: NeuronScripting,
  solve: VexelScripting['solve'],
  rendered: () => Promise<void>,
): void {
  window.vexel = {
    ready,
    open: (source, options) => explorer.files.open(source, null, options),
    get camera(): View {
      const { view } = explorer.viewer
      if (!view) throw new UnsupportedError('no file is open')
      return view
    },
    set camera(view: Partial<View>) {
      const before = this.camera
      const next = { ...before, ...view }
      if (![next.x, next.y, next.zoom].every(Number.isFinite) || next.zoom <= 0)
        throw new FormatError('camera: expected finite x, y and a zoom above 0')
      explorer.viewer.navigator.setView(next)
    },
    get frame(): Frame {
      const { frame } = explorer.opened
      if (!frame) throw new UnsupportedError('no file is open')
      return frame
    },
    set frame(frame: Partial<Frame>) {
      explorer.opened.setFrame(parseFrame({ ...this.frame, ...frame }))
      explorer.viewer.navigator.setView(wholeFrame(this.frame as Frame))
    },
    wall: {
      get flags() {
        return placesOf(explorer)
      },
      async fly(code) {
        const flag = explorer.wall.flagOf(code)
        if (!flag) throw new FormatError(`wall: there is no flag "${code}"`)
        await explorer.places.enterFlag(flag)
      },
      home: () => explorer.places.showWall(),
    },
    state: () => explorer.state,
    settled: async () => {
      // What the page renders may give the picture another size.
      await rendered()
      await explorer.viewer.settled()
      await rendered()
      await explorer.viewer.settled()
    },
    readPixels: () => explorer.viewer.readPixels(),
    stats: () => explorer.viewer.stats(),
    prove: size => explorer.proof.measure(size),
    solve,
    train,
    film,
    edits,
    neurons,
    dispose: () => explorer.dispose(),
  }
}

function placesOf({ wall, viewer }: Explorer): WallPlace[] {
  return wall.flags.map(({ code, name, state, problem, rect }) => ({
    code,
    name,
    state,
    problem,
    box: boxOf(viewer, rect),
  }))
}
