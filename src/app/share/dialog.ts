// The dialog that gives the open flag away: as a link, a page, a picture, a film, something for another program, or the network itself.

import { html, render } from 'lit-html'
import type { LinkPrecision } from '../../export/packed/link.js'
import { FormatError } from '../../model/errors.js'
import { parseNumber } from '../../model/frame.js'
import { printableName } from '../../model/printable.js'
import { isAbort, lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { networkFile } from '../saving.js'
import { type Cards, cardsTemplate } from './cards.js'
import { Offers, type Program } from './offers.js'
import { type PicturePlan, planPicture, type PictureWish } from './picture-plan.js'
import type { Made, Shared } from './share-worker.js'
import './share.css'

/** The film of the open flag's training. */
export interface SharedFilm {
  readonly isOffered: boolean
  /** Fetches it. */
  file(): Promise<Uint8Array>
  /** Opens what saves it. */
  showSaving(): Promise<void>
}

/** Across, for the picture above all. */
const PREVIEW_WIDTH = 320

/** The fields, as they were typed. */
interface Fields {
  width: string
  dpi: string
}

export class ShareDialog implements Cards {
  readonly #dialog = document.createElement('dialog')
  offers: Offers | null = null
  precision: LinkPrecision = 'half'
  withFilm = false
  program: Program = 'shadertoy'
  picture: PictureWish['picture'] = 'whole'
  unit: PictureWish['unit'] = 'pixels'
  readonly fields: Fields = { width: '1920', dpi: '300' }
  drawing: { readonly rows: number; readonly plan: PicturePlan; readonly abort: AbortController } | null = null
  /** What was done last, or went wrong, in a line. */
  line: { readonly text: string; readonly isError: boolean } = { text: '', isError: false }
  #preview = ''

  constructor(
    readonly page: Page,
    readonly film: SharedFilm,
  ) {
    this.#dialog.className = 'share'
    this.#dialog.setAttribute('aria-labelledby', 'share-title')
    this.#dialog.addEventListener('close', () => this.#forget())
    // A key that is typed here is none of the picture's.
    this.#dialog.addEventListener('keydown', event => event.stopPropagation())
    document.body.append(this.#dialog)
  }

  /** @throws FormatError where nothing is open */
  show(): void {
    this.#forget()
    this.line = { text: '', isError: false }
    this.offers = new Offers(
      this.#sharedNow(),
      () => this.film.file(),
      () => this.render(),
    )
    this.render()
    this.#dialog.showModal()
    void this.#drawPreview(this.offers)
  }

  close(): void {
    this.#dialog.close()
  }

  readonly render = (): void => {
    if (!this.offers) return
    render(
      html`<h2 id="share-title">Share ${printableName(this.offers.shared.title)}</h2>
        ${cardsTemplate(this, this.#preview)}`,
      this.#dialog,
    )
  }

  /** Changes a choice and shows what follows. */
  change(change: () => void): void {
    change()
    this.line = { text: '', isError: false }
    this.render()
  }

  /** The address that carries the flag. @param text behind `#net=` */
  addressOf(text: string): string {
    const { x, y, zoom } = this.page.address.state as { x: number | null; y: number | null; zoom: number }
    const centre = x === null || y === null ? '' : `&x=${x}&y=${y}`
    return `${location.origin}${location.pathname}#net=${text}${centre}${zoom === 1 ? '' : `&zoom=${zoom}`}`
  }

  /** The picture that the fields ask for. @throws FormatError naming what is wrong */
  plan(): PicturePlan {
    const { item, view, camera, viewport } = this.page.viewer
    const { picture, unit, fields } = this
    const wish = { picture, unit, width: parseNumber(fields.width), dpi: parseNumber(fields.dpi) }
    const shown = this.isSeenAlone && item && view ? { item, view, camera, viewport } : null
    return planPicture(wish, this.#shared.frame, shown)
  }

  /** Whether what is on screen is the flag, and not its strip or its units. */
  get isSeenAlone(): boolean {
    return this.page.places.kind === 'flag'
  }

  async savePicture(): Promise<void> {
    await this.#attempt(async () => {
      const plan = this.plan()
      const abort = new AbortController()
      const report = (rows: number) => {
        this.drawing = { rows, plan, abort }
        this.render()
      }
      report(0)
      try {
        const blob = await this.#offersNow.picture(plan, abort.signal, report)
        this.#save([blob], '.png', 'image/png')
      } finally {
        this.drawing = null
      }
    })
  }

  async saveMade({ parts }: Made, ending: string): Promise<void> {
    await this.#attempt(() => this.#save(parts, ending))
  }

  async saveNetwork(): Promise<void> {
    await this.#attempt(() => {
      const file = networkFile(this.page.opened, true)
      this.#save([file], '.safetensors')
    })
  }

  async saveFilm(): Promise<void> {
    this.close()
    await this.page.messages.attempt(() => this.film.showSaving())
  }

  async copy(text: string, what: string): Promise<void> {
    await this.#attempt(async () => {
      await navigator.clipboard.writeText(text)
      this.line = { text: `${what} copied`, isError: false }
    })
  }

  /** Hands the link to whatever the device sends things with. */
  async send(url: string): Promise<void> {
    await this.#attempt(() => navigator.share({ title: this.#shared.title, url }))
  }

  get #offersNow(): Offers {
    if (!this.offers) throw new FormatError('the dialog is closed')
    return this.offers
  }

  get #shared(): Shared {
    return this.#offersNow.shared
  }

  #sharedNow(): Shared {
    const { opened, places } = this.page
    const { file, frame } = opened
    if (!file) throw new FormatError('there is nothing to share: no flag is open')
    const title = places.openFlag?.name ?? (file.name.replace(/(?:\.film)?\.safetensors$/i, '') || 'flag')
    const fileName = `${baseName(title)}.safetensors`
    return { network: opened.overlay('edits') ?? file.network, frame: frame ?? file.ownFrame, title, fileName }
  }

  #save(parts: readonly BlobPart[], ending: string, type?: string): void {
    const name = `${baseName(this.#shared.title)}${ending}`
    this.page.save(new File([...parts], name, { type }))
    this.line = { text: `saved ${name}`, isError: false }
  }

  async #attempt(action: () => void | Promise<void>): Promise<void> {
    this.line = { text: '', isError: false }
    try {
      await action()
    } catch (error) {
      if (!isAbort(error)) this.line = { text: lineOf(error), isError: true }
    }
    this.render()
  }

  async #drawPreview(offers: Offers): Promise<void> {
    const { frame } = offers.shared
    const plan = planPicture({ picture: 'whole', unit: 'pixels', width: PREVIEW_WIDTH, dpi: 1 }, frame, null)
    const blob = await offers.picture(plan).catch(() => null)
    if (!blob || this.offers !== offers) return
    this.#preview = URL.createObjectURL(blob)
    this.render()
  }

  /** What was made for the flag of before is worth nothing. */
  #forget(): void {
    this.offers?.dispose()
    this.offers = null
    this.drawing?.abort.abort(new DOMException('the dialog was closed', 'AbortError'))
    this.drawing = null
    if (this.#preview) URL.revokeObjectURL(this.#preview)
    this.#preview = ''
  }
}

/** A title is no path. */
function baseName(title: string): string {
  return title.replace(/[\p{C}/\\:*?"<>|]/gu, '-').trim() || 'flag'
}
