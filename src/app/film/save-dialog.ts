// The dialog that saves a film: what, how large, how long; then how far it is, and a way to stop.

import { html, nothing, type TemplateResult } from 'lit-html'
import { createRef, ref } from 'lit-html/directives/ref.js'
import { live } from 'lit-html/directives/live.js'
import { CODEC_NAMES } from '../../film/video-spec.js'
import { FormatError } from '../../model/errors.js'
import { parseNumber } from '../../model/frame.js'
import { decimalRow, valueOf } from '../fields.js'
import { isAbort, lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { type Codecs, probeCodecs, saveFilm } from './save.js'
import { DEFAULT_SAVE, planSave, type SaveFormat, type SaveOptions, type SavePlan } from './save-plan.js'
import type { FilmSession } from './session.js'

const FORMAT_TEXTS: Readonly<Record<SaveFormat, string>> = {
  gif: 'GIF',
  webm: 'WebM video',
  mp4: 'MP4 video',
  png: 'PNG frames (zip)',
}

/** The fields, as they were typed. */
type Fields = { width: string; seconds: string; fps: string }

export class SaveDialog {
  #format: SaveFormat = DEFAULT_SAVE.format
  #picture: SaveOptions['picture'] = DEFAULT_SAVE.picture
  readonly #fields: Fields = {
    width: String(DEFAULT_SAVE.width),
    seconds: String(DEFAULT_SAVE.seconds),
    fps: String(DEFAULT_SAVE.fps),
  }
  #codecs: Codecs | null = null
  #problem: string | null = null
  #running: { readonly frames: number; readonly plan: SavePlan; readonly abort: AbortController } | null = null
  readonly #dialog = createRef<HTMLDialogElement>()

  constructor(
    private readonly page: Page,
    private readonly session: FilmSession,
  ) {}

  async open(): Promise<void> {
    this.session.pause()
    this.#problem = null
    // The strip is no picture of the film.
    if (this.session.isStrip) this.#picture = 'whole'
    this.page.requestRender()
    this.#dialog.value?.showModal()
    try {
      const { width, height } = this.plan().spec
      this.#codecs = await probeCodecs({ width: width + (width % 2), height: height + (height % 2), fps: 25 })
    } catch {
      // What cannot be encoded says so when it is saved.
    }
    this.page.requestRender()
  }

  /**
   * What would be saved.
   * @param options instead of what stands in the fields
   * @throws FormatError naming what is wrong
   */
  plan(options: Partial<SaveOptions> = {}): SavePlan {
    const { page, session } = this
    const { viewer } = page
    const { item, view } = viewer
    const number = (name: string, text: string) => {
      const value = parseNumber(text)
      if (!Number.isFinite(value))
        throw new FormatError(`${name}: expected a number, got ${text.slice(0, 20) || 'nothing'}`)
      return value
    }
    const wanted: SaveOptions = {
      format: options.format ?? this.#format,
      picture: options.picture ?? this.#picture,
      width: options.width ?? number('width', this.#fields.width),
      seconds: options.seconds ?? number('seconds', this.#fields.seconds),
      fps: options.fps ?? number('frames a second', this.#fields.fps),
    }
    const shown =
      session.isStrip || !item || !view ? null : { item, view, camera: viewer.camera, viewport: viewer.viewport }
    return planSave(wanted, { frame: session.frame, shown }, session.baseName)
  }

  /** Draws and encodes what a plan says. @throws with one line */
  async make(plan: SavePlan): Promise<File> {
    const abort = new AbortController()
    this.#running?.abort.abort(new DOMException('another film is saved', 'AbortError'))
    const report = (frames: number) => {
      if (abort.signal.aborted) return
      this.#running = { frames, plan, abort }
      this.page.requestRender()
    }
    report(0)
    try {
      return await saveFilm(this.session.bytes, plan, report, abort.signal)
    } finally {
      if (this.#running?.abort === abort) this.#running = null
      this.page.requestRender()
    }
  }

  /** Stops what is under way. */
  cancel(): void {
    this.#running?.abort.abort(new DOMException('cancelled', 'AbortError'))
  }

  dispose(): void {
    this.cancel()
  }

  get template(): TemplateResult {
    return html`<dialog
      class="save"
      aria-labelledby="save-title"
      ${ref(this.#dialog)}
      @close=${() => this.cancel()}
      @keydown=${(event: Event) => event.stopPropagation()}
    >
      <h2 id="save-title">Save the film</h2>
      ${this.#running ? this.#runningTemplate(this.#running) : this.#formTemplate()}
    </dialog>`
  }

  #formTemplate(): TemplateResult {
    const field = (name: keyof Fields, label: string) =>
      decimalRow(`save-${name}`, label, this.#fields[name], text => {
        this.#fields[name] = text
        this.#problem = null
        this.page.requestRender()
      })
    return html`<form
      @submit=${(event: Event) => {
        event.preventDefault()
        void this.#submit()
      }}
    >
      <label class="row"
        ><span>Format</span>
        <select
          id="save-format"
          .value=${live(this.#format)}
          @change=${(event: Event) => {
            this.#format = valueOf(event) as SaveFormat
            this.page.requestRender()
          }}
        >
          ${(Object.keys(FORMAT_TEXTS) as SaveFormat[]).map(
            format =>
              html`<option value=${format} ?selected=${format === this.#format} ?disabled=${this.#isRefused(format)}>
                ${FORMAT_TEXTS[format]}
              </option>`,
          )}
        </select>
      </label>
      ${this.#codecNote()}
      <label class="row"
        ><span>Picture</span>
        <select
          id="save-picture"
          .value=${live(this.#picture)}
          @change=${(event: Event) => {
            this.#picture = valueOf(event) as SaveOptions['picture']
            this.page.requestRender()
          }}
        >
          <option value="view" ?selected=${this.#picture === 'view'} ?disabled=${this.session.isStrip}>
            this view
          </option>
          <option value="whole" ?selected=${this.#picture === 'whole'}>the whole flag</option>
        </select>
      </label>
      ${field('width', 'Width, pixels')} ${field('seconds', 'Seconds')} ${field('fps', 'Frames a second')}
      <p class="quiet">${this.#summary()}</p>
      <p class="warning" role="alert">${this.#problem}</p>
      <div class="buttons">
        <button type="button" @click=${() => this.#dialog.value?.close()}>Close</button>
        <button type="submit" class="primary" ?disabled=${this.#isRefused(this.#format)}>Save</button>
      </div>
    </form>`
  }

  #runningTemplate({ frames, plan }: { frames: number; plan: SavePlan }): TemplateResult {
    const count = plan.positions.length
    return html`
      <p>${frames < count ? `Frame ${frames} of ${count}` : 'Writing the file'}</p>
      <progress aria-label="Frames drawn" max=${count} .value=${frames}></progress>
      <div class="buttons"><button type="button" @click=${() => this.cancel()}>Cancel</button></div>
    `
  }

  /** Whether this browser cannot encode it. */
  #isRefused(format: SaveFormat): boolean {
    return (format === 'webm' || format === 'mp4') && this.#codecs !== null && this.#codecs[format] === null
  }

  #codecNote(): TemplateResult | typeof nothing {
    const codecs = this.#codecs
    if (!codecs) return nothing
    const missing = (['webm', 'mp4'] as const).filter(format => codecs[format] === null)
    const lines = missing.map(format => `No ${FORMAT_TEXTS[format]}: ${codecs.reason}.`)
    if (this.#format === 'mp4' && codecs.mp4 !== null && codecs.mp4 !== 'avc')
      lines.push(`This browser has no H.264: the MP4 is ${CODEC_NAMES[codecs.mp4] ?? codecs.mp4}.`)
    return lines.length > 0 ? html`<p class="quiet">${lines.join(' ')}</p>` : nothing
  }

  #summary(): string {
    try {
      const { spec, positions } = this.plan()
      return `${spec.width} × ${spec.height} pixels, ${positions.length} frames`
    } catch (error) {
      return error instanceof FormatError ? error.message : ''
    }
  }

  async #submit(): Promise<void> {
    try {
      this.#problem = null
      const file = await this.make(this.plan())
      this.page.save(file)
      this.#dialog.value?.close()
      this.page.messages.say(`saved ${file.name}`)
    } catch (error) {
      if (isAbort(error)) return
      this.#problem = lineOf(error)
      this.page.requestRender()
    }
  }
}
