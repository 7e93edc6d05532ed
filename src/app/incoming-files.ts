// Files that come in: by a link, a drop, a dialog, a script. One is opened, several hang on the wall; what was open stays if it cannot be.

import { FormatError } from '../model/errors.js'
import type { Frame } from '../model/frame.js'
import { printableName } from '../model/printable.js'
import { StateDict } from '../model/state-dict.js'
import { parseWiringText, type Wiring } from '../model/wiring.js'
import { wholeFrame } from '../model/view.js'
import type { Viewer } from '../draw/viewer.js'
import { isFilm } from '../film/film-metadata.js'
import { lineOf, type Messages } from './messages.js'
import { keyOf } from '../open/file-key.js'
import { type LoadedFile, loadFile } from '../open/load-file.js'
import { type OpenFile, openLoaded, unsaidOf } from '../open/open-file.js'
import { tellArchitecture } from '../open/tell-architecture.js'
import type { Opened } from './open/opened.js'
import type { OwnFiles } from './open/own-files.js'
import type { Places } from './places/places.js'
import type { WallFlag } from './wall/flag.js'
import type { Wall } from './wall/wall.js'

/** What incoming files are put into. */
export interface Destination {
  readonly viewer: Viewer
  readonly opened: Opened
  readonly own: OwnFiles
  readonly places: Places
  readonly wall: Wall
  readonly messages: Messages
  readonly write: (how: 'push' | 'replace') => void
  /** What more a file wants, now that it is open and in the address: a film is played. */
  readonly afterOpen: (file: OpenFile) => Promise<void>
  /** Files of the person's own hang on the wall. */
  readonly afterHang: (flags: readonly WallFlag[]) => void
  /** Asks the person what stands between the layers of a file that does not say it; null for no answer. */
  readonly ask: (file: LoadedFile, layers: string) => Promise<Wiring | null>
}

/** Who says what stands between the layers of a file that does not say it. */
export interface Telling {
  /** A link or a script does: as of --architecture. */
  readonly architecture?: string | null
  /** Whether the person is asked, else. */
  readonly mayAsk?: boolean
}

export class IncomingFiles {
  constructor(private readonly to: Destination) {}

  /** Opens a file. @param key as of {@link load} @throws with one line; what was open stays then */
  async open(source: string | Blob, key: string | null = null, telling: Telling = {}): Promise<void> {
    const { opened, viewer, write, afterOpen } = this.to
    // The entry that "back" returns to must name what is open now.
    write('replace')
    await this.load(source, null, key, telling)
    const file = opened.file as OpenFile
    viewer.navigator.setView(wholeFrame(file.ownFrame))
    write('push')
    await afterOpen(file)
  }

  /** As {@link open}, for buttons and drops: what goes wrong is shown. */
  async tryOpen(source: string | Blob): Promise<void> {
    await this.to.messages.attempt(() => this.open(source, null, { mayAsk: true }))
  }

  /**
   * Opens a file, and leaves the address alone.
   * @param frame that it is seen in; null for its own
   * @param key that it is known by where that is not found out: of a training, whose first bytes say nothing, and of what came before
   * @throws with one line; what was open stays then
   */
  async load(
    source: string | Blob,
    frame: Frame | null = null,
    key: string | null = null,
    telling: Telling = {},
  ): Promise<void> {
    const { opened, own, viewer, places, wall, messages } = this.to
    const signal = opened.beginLoading()
    try {
      const read = await loadFile(source, signal).catch((error: unknown) => {
        throw this.#missingFlag(source) ?? error
      })
      const loaded = await this.#told(key === null ? read : { ...read, key }, telling, key === null)
      const flag = wall.flagAt(loaded.url) ?? wall.flagOfKey(loaded.key)
      const file = wall.framed(flag, await openLoaded(loaded))
      signal.throwIfAborted()
      viewer.navigator.stop()
      await viewer.contents.open(file.network, frame ?? file.ownFrame, flag?.rect, signal)
      places.showFile(file, frame !== null)
      if (source instanceof Blob && key === null)
        own.take(loaded.key, asFile(loaded.architecture === undefined ? source : bytesOf(loaded), file.name))
      const { architecture, parameterCount } = file.summary
      messages.say(
        `opened ${printableName(file.name)}: ${architecture}, ${parameterCount.toLocaleString('en')} parameters`,
      )
    } finally {
      opened.endLoading(signal)
    }
  }

  /** Lets what a file does not say be said. @param isOwnKey whether the bytes decide what a file of the person's own is known by */
  async #told(file: LoadedFile, { architecture, mayAsk }: Telling, isOwnKey: boolean): Promise<LoadedFile> {
    const layers = unsaidOf(file)
    if (layers === null || (!architecture && !mayAsk)) return file
    const wiring = architecture ? parseWiringText(architecture) : await this.to.ask(file, layers)
    if (!wiring) return file
    const told = tellArchitecture(file, wiring)
    return file.url === null && isOwnKey ? { ...told, key: await keyOf(told.bytes) } : told
  }

  /** Of a file that would hang on the wall, and does not: that is no matter of a server. */
  #missingFlag(source: string | Blob): FormatError | null {
    const code = typeof source === 'string' ? /^flags\/([\w-]+)\.safetensors$/.exec(source)?.[1] : undefined
    return code === undefined || this.to.wall.flagOf(code) ? null : new FormatError(`there is no flag ${code} here`)
  }

  /**
   * Keeps what the page itself made: it hangs on the wall for the visit from when that is seen next, so that nothing moves meanwhile.
   * @returns the key that it is known by
   */
  async keep(file: File): Promise<string> {
    const { own, wall, places } = this.to
    const loaded = await loadFile(file)
    own.take(loaded.key, file)
    void places.changed.until(() => places.isWallAtRest).then(() => wall.flagOfKey(loaded.key) ?? wall.join(loaded))
    return loaded.key
  }

  /** Hangs files of the person's own on the wall: a single one is flown into, of several the first is flown to. What is no network is told. */
  async join(files: readonly Blob[]): Promise<void> {
    const { own, wall, messages, places } = this.to
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
        const told = await this.#told(loaded, { mayAsk: true }, true)
        joined.push(wall.join(told))
        own.take(told.key, asFile(told.architecture === undefined ? file : bytesOf(told), told.name))
      } catch (error) {
        const name = file instanceof File ? `${printableName(file.name)}: ` : ''
        const line = lineOf(error)
        problems.push(line.startsWith(name) ? line : name + line)
      }
    if (problems.length > 0) messages.warn(problems.join('; '))
    else if (joined.length > 1) messages.say(`${joined.length} networks hang on the wall for this visit`)
    if (joined.length === 0) return
    if (joined.length === 1) {
      await places.enterFlag(joined[0])
      return
    }
    this.to.afterHang(joined)
    await places.approach(joined[0])
  }
}

function bytesOf({ bytes }: LoadedFile): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>])
}

function asFile(blob: Blob, name: string): File {
  return blob instanceof File ? blob : new File([blob], name)
}
