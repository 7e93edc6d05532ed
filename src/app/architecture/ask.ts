// The question what stands between the layers of a file that does not say it: the answers that fit, each drawn by the net itself, the
// likeliest first, and a field for any other.

import { html, nothing, render } from 'lit-html'
import { foldNetwork } from '../../model/fold.js'
import { FormatError } from '../../model/errors.js'
import { createNetwork } from '../../model/network.js'
import { printableName } from '../../model/printable.js'
import { levelOf } from '../../model/tone.js'
import { StateDict } from '../../model/state-dict.js'
import { parseWiringText, type Wiring } from '../../model/wiring.js'
import { wiringWords } from '../../model/wiring-words.js'
import { JUDGED, rankWirings } from '../../solve/wirings.js'
import type { LoadedFile } from '../../open/load-file.js'
import './ask.css'

/** Answers that are shown at once. */
const MOST_SHOWN = 8

/** Asks, and resolves with the answer; null where there is none. Escape cancels. @param layers what the file does say */
export async function askArchitecture(file: LoadedFile, layers: string): Promise<Wiring | null> {
  const stateDict = StateDict.parse(file.bytes)
  const answers = rankWirings(stateDict)
    .slice(0, MOST_SHOWN)
    .map(({ wiring, values, isRemembered }) => ({ wiring, isRemembered, picture: pictureOf(values) }))
  const dialog = document.createElement('dialog')
  dialog.className = 'architecture'
  dialog.setAttribute('aria-labelledby', 'architecture-title')
  let answer: Wiring | null = null
  let problem: string | null = null
  const choose = (wiring: Wiring) => {
    answer = wiring
    dialog.close()
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const text = (dialog.querySelector('input') as HTMLInputElement).value
    try {
      const wiring = parseWiringText(text)
      foldNetwork(createNetwork(stateDict, wiring))
      choose(wiring)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      problem = error.message
      show()
    }
  }
  const show = () =>
    render(
      html`<h2 id="architecture-title">This file does not say what stands between its layers</h2>
        <p>${printableName(file.name)}: ${layers}. Which function follows each of them stands in no tensor.</p>
        <p class="quiet">
          Each picture is what the net draws with one answer, the likeliest first: by its looks and the size of the
          weights, which is no proof.
        </p>
        <div class="answers">${answers.map(each => answerTemplate(each, choose))}</div>
        <form @submit=${submit}>
          <label>
            <span>Another: a name, or JSON</span>
            <input type="text" autocomplete="off" spellcheck="false" placeholder='{"activation": "relu"}' />
          </label>
          <button type="submit">Open</button>
          <button type="button" @click=${() => dialog.close()}>Cancel</button>
        </form>
        ${problem === null ? nothing : html`<p class="warning" role="alert">${problem}</p>`}`,
      dialog,
    )
  show()
  // Whoever drops another file is done with the one before.
  document.querySelector<HTMLDialogElement>('dialog.architecture[open]')?.close()
  document.body.append(dialog)
  dialog.showModal()
  await new Promise(resolve => dialog.addEventListener('close', resolve, { once: true }))
  dialog.remove()
  return answer
}

interface Shown {
  readonly wiring: Wiring
  readonly picture: HTMLCanvasElement
  readonly isRemembered: boolean
}

function answerTemplate({ wiring, picture, isRemembered }: Shown, choose: (wiring: Wiring) => void) {
  return html`<button type="button" @click=${() => choose(wiring)}>
    ${picture}<span>${printableName(wiringWords(wiring))}</span>${isRemembered ? html`<b>as its batch norms remember</b>` : nothing}
  </button>`
}

function pictureOf(values: Float32Array): HTMLCanvasElement {
  const { width, height } = JUDGED
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const image = new ImageData(width, height)
  for (let i = 0, to = 0; i < values.length; i++) {
    image.data[to++] = levelOf(Math.min(1, Math.max(0, values[i])))
    if (i % 3 === 2) image.data[to++] = 255
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
