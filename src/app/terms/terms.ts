// A term where the page shows it: underlined, a button that tells in two sentences what it is. By mouse, key or finger; the words are table.ts's.

import './terms.css'
import { html, type TemplateResult } from 'lit-html'
import { decibels, qualityWord, qualityWords } from '../figures.js'
import { TERMS, type TermId } from './table.js'

/** @param text as it stands in its sentence */
export function termTemplate(id: TermId, text: string): TemplateResult {
  return html`<button
    type="button"
    class="term"
    aria-haspopup="dialog"
    aria-expanded="false"
    .textContent=${text}
    @click=${({ currentTarget }: Event) => popup.toggle(currentTarget as HTMLElement, id)}
  ></button>`
}

/** A PSNR, and what that means: `24.1 dB, fair`. @param other what the picture is held against */
export function psnrTemplate(psnr: number, other?: string): TemplateResult {
  if (!Number.isFinite(psnr)) return html`${decibels(psnr)}`
  return html`${termTemplate('psnr', decibels(psnr))}, ${qualityWords(psnr, other)}`
}

/** The same where there is room for a word or two. */
export function shortPsnrTemplate(psnr: number): TemplateResult {
  if (!Number.isFinite(psnr)) return html`${decibels(psnr)}`
  return html`${termTemplate('psnr', decibels(psnr))}, ${qualityWord(psnr)}`
}

const GAP_PX = 6
const EDGE_PX = 8

/** The one popover of the page: a term at a time. */
class Popup {
  readonly #element = document.createElement('div')
  #button: HTMLElement | null = null
  /** The button whose popover a press has just closed: that press is not to open it again. */
  #dismissed: HTMLElement | null = null
  /** Older browsers have no popovers: there it is an element over the page. */
  readonly #isNative = 'popover' in HTMLElement.prototype

  constructor() {
    const element = this.#element
    element.className = 'term-text'
    element.tabIndex = -1
    element.setAttribute('role', 'dialog')
    if (this.#isNative) element.popover = 'manual'
    element.addEventListener('keydown', event => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      this.#close()
    })
    element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) this.#close(false)
    })
    for (const type of ['resize', 'wheel']) window.addEventListener(type, () => this.#close(), { passive: true })
  }

  toggle(button: HTMLElement, id: TermId): void {
    const wasOpen = this.#dismissed === button
    this.#dismissed = null
    if (wasOpen) return
    const { name, text } = TERMS[id]
    const element = this.#element
    const title = document.createElement('b')
    title.textContent = name
    const words = document.createElement('p')
    words.textContent = text
    element.replaceChildren(title, words)
    element.setAttribute('aria-label', name)
    // What stands outside of an open dialog cannot be reached.
    ;(button.closest('dialog') ?? document.body).append(element)
    this.#button = button
    button.setAttribute('aria-expanded', 'true')
    element.classList.add('shown')
    if (this.#isNative) element.showPopover()
    this.#place(button)
    element.focus({ preventScroll: true })
  }

  /** Under the term where there is room, else over it. */
  #place(button: HTMLElement): void {
    const { style, offsetWidth, offsetHeight } = this.#element
    const at = button.getBoundingClientRect()
    const below = at.bottom + GAP_PX
    const isBelow = below + offsetHeight <= innerHeight - EDGE_PX
    style.left = `${Math.max(EDGE_PX, Math.min(at.left, innerWidth - offsetWidth - EDGE_PX))}px`
    style.top = `${Math.max(EDGE_PX, isBelow ? below : at.top - GAP_PX - offsetHeight)}px`
  }

  /** @param isBack whether the keyboard goes back to the term */
  #close(isBack = true): void {
    const button = this.#button
    if (!button) return
    this.#button = null
    button.setAttribute('aria-expanded', 'false')
    if (!isBack) this.#noteDismissed(button)
    this.#element.classList.remove('shown')
    if (this.#isNative) this.#element.hidePopover()
    if (isBack) button.focus({ preventScroll: true })
    this.#element.remove()
  }

  /** A press on the term takes the focus out of its popover before it clicks. */
  #noteDismissed(button: HTMLElement): void {
    if (!button.matches(':active')) return
    this.#dismissed = button
    window.addEventListener('pointerup', () => setTimeout(() => (this.#dismissed = null)), { once: true })
  }
}

const popup = new Popup()
