// The ways to give a flag away, a card each: what it is for, how large it is, and what does it. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { HOSTS, isTextHost } from '../../export/hosts.js'
import type { LinkPrecision } from '../../export/packed/link.js'
import { decimalRow, valueOf } from '../fields.js'
import { bytesText } from '../figures.js'
import { lineOf } from '../messages.js'
import { linkFacts, type Offer, type Offers, type Program, PROGRAMS } from './offers.js'
import { type PicturePlan, type PictureWish, planText } from './picture-plan.js'
import type { Made } from './share-worker.js'

/** The dialog, as its cards see it. */
export interface Cards {
  readonly offers: Offers | null
  precision: LinkPrecision
  withFilm: boolean
  program: Program
  picture: PictureWish['picture']
  unit: PictureWish['unit']
  readonly fields: { width: string; dpi: string }
  readonly drawing: { readonly rows: number; readonly plan: PicturePlan; readonly abort: AbortController } | null
  readonly line: { readonly text: string; readonly isError: boolean }
  readonly film: { readonly isOffered: boolean }
  readonly isSeenAlone: boolean
  change(change: () => void): void
  addressOf(text: string): string
  plan(): PicturePlan
  savePicture(): Promise<void>
  saveMade(made: Made, ending: string): Promise<void>
  saveNetwork(): Promise<void>
  saveFilm(): Promise<void>
  copy(text: string, what: string): Promise<void>
  send(url: string): Promise<void>
  close(): void
}

const PREVIEW_LETTERS = 4000
const PRECISION_TEXTS: Readonly<Record<LinkPrecision, string>> = { half: '16 bits', byte: '8 bits' }

/** @param preview address of a small picture; '' while there is none */
export function cardsTemplate(cards: Cards, preview: string): TemplateResult | typeof nothing {
  const { offers, line } = cards
  if (!offers) return nothing
  return html`
    ${preview ? html`<img class="preview" src=${preview} alt=${`The flag: ${offers.shared.title}`} />` : html`<div class="preview"></div>`}
    ${linkCard(cards, offers)} ${pictureCard(cards)} ${pageCard(cards, offers)} ${filmCard(cards)}
    ${programCard(cards, offers)}
    ${card(
      'Network',
      'The weights themselves: PyTorch loads them, and vexel opens them to be edited.',
      html`
        <div class="buttons">
          <button type="button" @click=${() => void cards.saveNetwork()}>Save .safetensors</button>
        </div>
      `,
    )}
    <div class="end">
      <p role="status" class=${line.isError ? 'warning' : 'quiet'}>${line.text}</p>
      <button type="button" class="primary" @click=${() => cards.close()}>Close</button>
    </div>
  `
}

function card(title: string, purpose: string, content: TemplateResult): TemplateResult {
  return html`<section>
    <h3>${title}</h3>
    <p>${purpose}</p>
    ${content}
  </section>`
}

function linkCard(cards: Cards, offers: Offers): TemplateResult {
  const choices = (Object.keys(PRECISION_TEXTS) as LinkPrecision[]).map(precision => {
    const offer = offers.link(precision)
    const facts = isMade(offer) ? `: ${linkFacts(offer.made, 0).short}` : ''
    return html`<option value=${precision} ?selected=${precision === cards.precision}>
      ${PRECISION_TEXTS[precision]}${facts}
    </option>`
  })
  const offer = offers.link(cards.precision)
  const address = isMade(offer) ? cards.addressOf(offer.made.parts[0] as string) : null
  const isSendable = typeof navigator.share === 'function'
  return card(
    'Link',
    'Opens the flag wherever vexel is: the whole network is in the address, and nothing is uploaded.',
    html`
      <label class="row wide"
        ><span>Bits of a weight, and what they cost</span>
        <select
          id="share-precision"
          .value=${live(cards.precision)}
          @change=${(event: Event) =>
            cards.change(() => {
              cards.precision = valueOf(event) as LinkPrecision
            })}
        >
          ${choices}
        </select>
      </label>
      <p class="quiet">
        ${address === null ? stateText(offer) : `${address.length.toLocaleString('en')} characters in all. ${linkFacts((offer as { made: Made }).made, address.length).reach}`}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          ?disabled=${address === null}
          @click=${() => void cards.copy(address ?? '', 'link')}
        >
          Copy the link
        </button>
        ${
          isSendable
            ? html`<button type="button" ?disabled=${address === null} @click=${() => void cards.send(address ?? '')}>
                Send…
              </button>`
            : nothing
        }
      </div>
    `,
  )
}

function pageCard(cards: Cards, offers: Offers): TemplateResult {
  const hasFilm = cards.film.isOffered
  const [plain, filmed] = [offers.webPage(false), hasFilm && cards.withFilm ? offers.webPage(true) : null]
  const offer = hasFilm && cards.withFilm ? filmed : plain
  const more =
    isMade(plain) && isMade(filmed)
      ? ` The film is ${bytesText(sizeOf(filmed.made) - sizeOf(plain.made))} of that.`
      : ''
  return card(
    HOSTS.html.label,
    HOSTS.html.purpose,
    html`
      ${
        hasFilm
          ? html`<label class="row"
              ><span>With the film of its training</span>
              <input
                type="checkbox"
                id="share-film"
                .checked=${live(cards.withFilm)}
                @change=${(event: Event) =>
                  cards.change(() => {
                    cards.withFilm = (event.target as HTMLInputElement).checked
                  })}
              />
            </label>`
          : nothing
      }
      <p class="quiet">
        ${
          isMade(offer)
            ? `${bytesText(sizeOf(offer.made))}, ${bytesText(offer.made.gzipBytes ?? 0)} as servers send it.${more}`
            : stateText(offer)
        }
      </p>
      <div class="buttons">${saveButton(cards, offer, HOSTS.html.ending)}</div>
    `,
  )
}

function pictureCard(cards: Cards): TemplateResult {
  const { drawing } = cards
  if (drawing)
    return card(
      'Picture',
      `Drawing ${planText(drawing.plan)}`,
      html`<progress aria-label="Rows drawn" max=${drawing.plan.height} .value=${drawing.rows}></progress>
        <div class="buttons">
          <button type="button" @click=${() => drawing.abort.abort(new DOMException('cancelled', 'AbortError'))}>
            Cancel
          </button>
        </div>`,
    )
  const field = (name: 'width' | 'dpi', label: string) =>
    decimalRow(`share-${name}`, label, cards.fields[name], text =>
      cards.change(() => {
        cards.fields[name] = text
      }),
    )
  const choice = <K extends 'picture' | 'unit'>(key: K, label: string, texts: Readonly<Record<Cards[K], string>>) =>
    html`<label class="row"
      ><span>${label}</span>
      <select
        id=${`share-${key}`}
        .value=${live(cards[key] as string)}
        @change=${(event: Event) =>
          cards.change(() => {
            cards[key] = valueOf(event) as Cards[K]
          })}
      >
        ${(Object.entries(texts) as [string, string][]).map(
          ([value, text]) => html`<option value=${value} ?selected=${value === cards[key]}>${text}</option>`,
        )}
      </select>
    </label>`
  return card(
    'Picture',
    'A PNG of any size, for slides, paper and whatever knows no networks.',
    html`
      ${cards.isSeenAlone ? choice('picture', 'Of', { whole: 'the whole flag', view: 'this view' }) : nothing}
      ${choice('unit', 'Measured in', { pixels: 'pixels', centimetres: 'centimetres on paper' })}
      ${field('width', 'Width')} ${cards.unit === 'centimetres' ? field('dpi', 'Dots an inch') : nothing}
      <p class="quiet">${pictureText(cards)}</p>
      <div class="buttons">
        <button type="button" @click=${() => void cards.savePicture()}>Save the PNG</button>
      </div>
    `,
  )
}

function filmCard(cards: Cards): TemplateResult | typeof nothing {
  if (!cards.film.isOffered) return nothing
  return card(
    'Film',
    'How it was learned, as a GIF, a video or numbered pictures.',
    html`<div class="buttons">
      <button type="button" @click=${() => void cards.saveFilm()}>Save the film…</button>
    </div>`,
  )
}

function programCard(cards: Cards, offers: Offers): TemplateResult {
  const { program } = cards
  const { ending, purpose } = HOSTS[program]
  const offer = offers.program(program)
  const isText = isTextHost(program) || program === 'python'
  return card(
    'For another program',
    purpose,
    html`
      <label class="row"
        ><span>Program</span>
        <select
          id="share-program"
          .value=${live(program)}
          @change=${(event: Event) =>
            cards.change(() => {
              cards.program = valueOf(event) as Program
            })}
        >
          ${PROGRAMS.map(host => html`<option value=${host} ?selected=${host === program}>${HOSTS[host].label}</option>`)}
        </select>
      </label>
      <p class="quiet">${isMade(offer) ? bytesText(sizeOf(offer.made)) : stateText(offer)}</p>
      ${isText && isMade(offer) ? textPreview(offer.made.parts[0] as string) : nothing}
      <div class="buttons">
        ${
          isText
            ? html`<button
                type="button"
                ?disabled=${!isMade(offer)}
                @click=${() => isMade(offer) && void cards.copy(offer.made.parts[0] as string, 'text')}
              >
                Copy
              </button>`
            : nothing
        }
        ${saveButton(cards, offer, ending)}
      </div>
    `,
  )
}

/** How a text begins, for who asks. */
function textPreview(text: string): TemplateResult {
  return html`<details>
    <summary>How it begins</summary>
    <pre tabindex="0" aria-label="Beginning of the text">
${text.slice(0, PREVIEW_LETTERS)}${text.length > PREVIEW_LETTERS ? '…' : ''}</pre>
  </details>`
}

function saveButton(cards: Cards, offer: Offer, ending: string): TemplateResult {
  return html`<button
    type="button"
    ?disabled=${!isMade(offer)}
    @click=${() => isMade(offer) && void cards.saveMade(offer.made, ending)}
  >
    Save ${ending}
  </button>`
}

function isMade(offer: Offer): offer is { readonly made: Made } {
  return offer !== null && 'made' in offer
}

function stateText(offer: Offer): string {
  return offer !== null && 'problem' in offer ? offer.problem : 'Being made…'
}

function sizeOf({ parts }: Made): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? new Blob([part]).size : part.length), 0)
}

function pictureText(cards: Cards): string {
  try {
    return planText(cards.plan())
  } catch (error) {
    return lineOf(error)
  }
}
