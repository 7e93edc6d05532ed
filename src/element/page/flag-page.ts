// A flag alone in a page of its own, which is one file: its weights are in it, nothing is fetched, and it opens from a disk. The view
// stands in the address, as in vexel's own.

import type { Frame } from '../../model/frame.js'
import { createNetwork } from '../../model/network.js'
import { MAX_FILE_BYTES } from '../../model/safetensors/limits.js'
import { StateDict } from '../../model/state-dict.js'
import { readFrame } from '../../model/summary.js'
import { type View, wholeFrame } from '../../model/view.js'
import { rendererOverride } from '../../draw/choice.js'
import type { Viewer } from '../../draw/viewer.js'
import { Film } from '../../film/film.js'
import { unpackFile } from '../../export/packed/packed-file.js'
import { PAGE_IDS } from '../../export/page/page-ids.js'
import { readSamples, readView, type Read } from '../attributes.js'
import { FilmPlayer } from '../film-player.js'
import { FlagView } from '../flag-view.js'
import { attachGestures } from '../gestures.js'
import { SharedRenderer } from '../shared-renderer.js'
import { Turns } from '../turns.js'
import { showFilmBar } from './film-bar.js'

/** Whether this is the script of pages with a film: vite-flag-page.ts says so. */
declare const HAS_FILM: boolean

const ADDRESS_MS = 300

/** Draws what the page carries; what goes wrong stands in its place, in a line. */
export async function openPage(): Promise<void> {
  try {
    await open()
  } catch (error) {
    say(error as Error)
  }
}

async function open(): Promise<void> {
  const stateDict = StateDict.parse(await carried(PAGE_IDS.net))
  const { frame } = readFrame(stateDict)
  const stage = element(PAGE_IDS.stage)
  // What draws, where somebody wants to know how it looks otherwise: as in vexel's own page.
  SharedRenderer.override = rendererOverride(location.search)
  const fields = new URLSearchParams(location.hash.slice(1))
  const read: Read = name => fields.get(name) || null
  let addressTimer = 0
  const view = new FlagView(
    stage,
    element<HTMLCanvasElement>(PAGE_IDS.canvas),
    { renderer: new SharedRenderer(), turns: new Turns() },
    {
      onPicture: () => stage.toggleAttribute('data-drawn', true),
      onCamera: seen => {
        stage.removeAttribute('data-settled')
        clearTimeout(addressTimer)
        addressTimer = window.setTimeout(() => writeView(seen, frame), ADDRESS_MS)
      },
      onSettle: () => stage.toggleAttribute('data-settled', true),
      onError: say,
      onViewer: viewer => listen(stage, viewer, frame),
    },
  )
  view.samples = readSamples(read)
  view.open(createNetwork(stateDict), frame, readView(read, wholeFrame(frame)))
  view.isVisible = true
  window.addEventListener('hashchange', () => {
    const told = new URLSearchParams(location.hash.slice(1))
    view.view = readView(name => told.get(name) || null, wholeFrame(frame))
  })
  if (HAS_FILM) {
    const film = Film.parse(await carried(PAGE_IDS.film))
    showFilmBar(element(PAGE_IDS.bar), film, new FilmPlayer(film, view))
  }
}

function listen(stage: HTMLElement, viewer: Viewer, frame: Frame): () => void {
  return attachGestures(stage, viewer, {
    onHover: () => {},
    onHome: () => viewer.navigator.setView(wholeFrame(frame)),
    isPrimary: true,
  })
}

function writeView({ x, y, zoom }: View, frame: Frame): void {
  const whole = wholeFrame(frame)
  const isWhole = zoom === 1 && x === whole.x && y === whole.y
  try {
    history.replaceState(null, '', isWhole ? location.pathname + location.search : `#x=${x}&y=${y}&zoom=${zoom}`)
  } catch {
    // Within another page, without an origin of its own, it has no address to write to.
  }
}

/** The file that an element of the page carries. */
async function carried(id: string): Promise<Uint8Array> {
  const binary = atob((element(id).textContent ?? '').trim())
  return await unpackFile(
    Uint8Array.from(binary, letter => letter.charCodeAt(0)),
    MAX_FILE_BYTES,
  )
}

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`a part of this page is missing: ${id}`)
  return found as T
}

function say(error: Error): void {
  const message = element(PAGE_IDS.message)
  message.textContent = error.message.split('\n')[0]
  message.hidden = false
}
