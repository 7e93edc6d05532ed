// The wall's own line in the header: how much of it is there, the search, the order; over an open flag, the way back.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { valueOf } from '../fields.js'
import { counted } from '../figures.js'
import type { Page } from '../page.js'
import { OtherNames } from './names.js'
import { type Find, found, SORT_KEYS, SORT_TEXTS, type SortKey } from './order.js'
import type { WallFlag } from './flag.js'
import type { Wall } from './wall.js'

type WallPage = Page & { readonly wall: Wall }

/** More are not listed: whoever looks for one types another letter. */
const LISTED = 8

/** What is typed into the search, and which of the finds is marked. */
export class Search {
  query = ''
  marked = 0
  isOpen = false

  readonly #names = new OtherNames()

  constructor(private readonly page: WallPage) {}

  get finds(): readonly Find<WallFlag>[] {
    return this.isOpen ? found(this.page.wall.flags, this.query, this.#names.byCode).slice(0, LISTED) : []
  }

  /** Somebody is going to search: fetches what else flags are called. */
  begin(): void {
    void this.#names.load().then(this.page.requestRender)
  }

  type(text: string): void {
    this.begin()
    this.query = text
    this.marked = 0
    this.isOpen = text.trim() !== ''
    this.page.requestRender()
  }

  mark(step: number): void {
    const count = this.finds.length
    if (count > 0) this.marked = (this.marked + step + count) % count
    this.page.requestRender()
  }

  /** Flies into the find that is marked, by the names there are: whoever types fast does not wait for them to see it. @returns whether there is one */
  async chooseMarked(): Promise<boolean> {
    const { query } = this
    if (!this.#names.isLoaded) await this.#names.load()
    const find = this.query === query ? this.finds[this.marked] : undefined
    if (find) this.choose(find.flag)
    return find !== undefined
  }

  choose(flag: WallFlag): void {
    this.close()
    void this.page.places.enterFlag(flag)
  }

  close(): void {
    this.query = ''
    this.isOpen = false
    this.page.requestRender()
  }
}

export function barTemplate({ wall, places, address }: WallPage, search: Search): TemplateResult {
  const { isWall } = places
  return html`
    ${
      isWall
        ? nothing
        : html`<button
            type="button"
            class="back"
            title="Back to the wall (Escape)"
            @click=${() => void places.showWall()}
          >
            All flags
          </button>`
    }
    ${searchTemplate(search)}
    ${
      isWall
        ? html`<label class="sort"
            ><span>Order</span>
            <select
              aria-label="Order of the flags"
              .value=${live(wall.sort)}
              @change=${(event: Event) => {
                wall.sort = valueOf(event) as SortKey
                address.schedule()
              }}
            >
              ${SORT_KEYS.map(
                key => html`<option value=${key} ?selected=${wall.sort === key}>${SORT_TEXTS[key]}</option>`,
              )}
            </select>
          </label>`
        : nothing
    }
    <output class="count" aria-label="Flags loaded">${isWall ? countText(wall) : ''}</output>
  `
}

/** In a flag nothing is loaded: the count would stand still. */
function countText({ count }: Wall): string {
  const { ready, failed, total } = count
  if (total === 0) return ''
  const broken = failed > 0 ? `, ${failed} broken` : ''
  return ready + failed < total
    ? `${ready} of ${counted(total, 'flag')}${broken}`
    : `${counted(ready, 'flag')}${broken}`
}

function searchTemplate(search: Search): TemplateResult {
  const { finds, marked } = search
  const onKey = (event: KeyboardEvent) => {
    switch (event.key) {
      case 'ArrowDown':
        search.mark(1)
        break
      case 'ArrowUp':
        search.mark(-1)
        break
      case 'Enter':
        // Not what was rendered: that may be a letter behind.
        void search.chooseMarked().then(isChosen => {
          if (isChosen) document.getElementById('stage')?.focus()
        })
        break
      case 'Escape':
        search.close()
        document.getElementById('stage')?.focus()
        break
      default:
        return
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return html`<div class="search">
    <input
      id="wall-search"
      type="text"
      role="combobox"
      aria-label="Find a flag"
      aria-expanded=${finds.length > 0}
      aria-controls="wall-finds"
      aria-autocomplete="list"
      aria-activedescendant=${finds.length > 0 ? `find-${marked}` : nothing}
      autocomplete="off"
      spellcheck="false"
      placeholder="Find a flag"
      .value=${live(search.query)}
      @input=${(event: Event) => search.type(valueOf(event))}
      @keydown=${onKey}
      @focus=${() => search.begin()}
      @blur=${() => search.close()}
    />
    <ul id="wall-finds" role="listbox" aria-label="Flags found" ?hidden=${!search.isOpen}>
      ${finds[0]?.isGuess ? html`<li class="none" role="presentation">did you mean</li>` : nothing}
      ${finds.map(
        ({ flag, alias }, index) =>
          html`<li
            id=${`find-${index}`}
            role="option"
            aria-selected=${index === marked}
            @pointerdown=${(event: Event) => {
              event.preventDefault()
              search.choose(flag)
            }}
          >
            ${flag.name}${alias === null ? nothing : html` <span class="alias">${alias}</span>`}
          </li>`,
      )}
      ${search.isOpen && finds.length === 0 ? html`<li class="none" role="option" aria-selected="false">no such flag</li>` : nothing}
    </ul>
  </div>`
}
