// The sliders of the tab of effects. Templates only.

import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Effect } from '../../edit/effect.js'
import { MORPH_SHARES } from '../../edit/morph-report.js'
import { unlessTyping, valueOf } from '../fields.js'
import { shortPsnrTemplate } from '../terms/terms.js'
import { type EffectSlider, fieldText, positionOf, slidersOf, valueAt, valueText } from './effect-sliders.js'
import type { Effects, Playable } from './effects.js'
import { FRAME_EDGES, type FrameEdge } from './frame-edges.js'
import type { MorphWay } from './morph-comparison.js'

const PLAY = svg`<path d="M4 2.5l9 5.5L4 13.5z" />`
const PAUSE = svg`<path d="M4 3h3v10H4zM9 3h3v10H9z" />`

export function effectsTemplate(section: Effects): TemplateResult {
  return html`
    <div class="effects">
      ${chipsTemplate(section)}
      <label class="effects-loop"
        ><input type="checkbox" .checked=${live(section.isLooping)} @change=${() => section.toggleLoop()} /> What plays
        goes to and fro</label
      >
      ${slidersOf(section.session.parameters).map(slider => (slider.kind === 'morph' ? morphTemplate(section, slider) : sliderTemplate(section, slider)))}
      ${frameTemplate(section)}
    </div>
  `
}

/** What is in effect, so that nothing on a layer that is not chosen is forgotten. */
function chipsTemplate(section: Effects): TemplateResult | typeof nothing {
  const chips = section.edits.effects.flatMap(effect => {
    const text = textOf(section, effect)
    return text === null ? [] : [{ effect, text }]
  })
  if (chips.length === 0) return html`<p class="quiet">Each slider changes many parameters at once.</p>`
  return html`<ul class="chips" aria-label="In effect">
    ${chips.map(
      ({ effect, text }) =>
        html`<li>
          ${text}
          <button
            type="button"
            aria-label=${`Remove: ${text}`}
            ?disabled=${section.isOff}
            @click=${() => section.removeEffect(effect)}
          >
            ×
          </button>
        </li>`,
    )}
  </ul>`
}

/** What an effect is called; null for those that the tab of the parameters lists. */
function textOf(section: Effects, effect: Effect): string | null {
  const layer = (index: number | null) => (index === null ? 'all layers' : layerName(section, index))
  switch (effect.kind) {
    case 'gain':
      return `${layer(effect.layer)} × ${effect.factor}`
    case 'noise':
      return `noise ${effect.amount} σ, ${layer(effect.layer)}`
    case 'quantise':
      return `${effect.bits} bit${effect.bits === 1 ? '' : 's'}, ${layer(effect.layer)}`
    case 'prune':
      return `${Number((100 * effect.share).toPrecision(4))} % pruned, ${layer(effect.layer)}`
    case 'temperature':
      return `T = ${effect.temperature}, ${layer(effect.layer)}`
    case 'morph':
      return `${Number((100 * effect.amount).toPrecision(3))} % ${section.targetName}`
    case 'unitGain':
      return `${layer(effect.layer)} unit ${effect.unit} × ${effect.gain}`
    default:
      return null
  }
}

function layerName({ session }: Effects, index: number): string {
  return session.parameters.linears[index]?.name ?? String(index)
}

function sliderTemplate(section: Effects, slider: EffectSlider): TemplateResult {
  const { kind, label, title } = slider
  return html`
    <div class="effect" role="group" aria-labelledby=${`effect-${kind}-label`} data-effect=${kind}>
      <div class="effect-head">
        <span id=${`effect-${kind}-label`} title=${title}>${label}</span>
        ${kind === 'noise' ? seedTemplate(section, slider) : nothing} ${layerTemplate(section, slider)}
      </div>
      ${rowTemplate(section, slider, section.isOff)}
      <p class="quiet effect-note">${title}</p>
    </div>
  `
}

function seedTemplate(section: Effects, slider: EffectSlider): TemplateResult {
  return html`<button
    type="button"
    class="effect-seed"
    title="Noise along another direction"
    ?disabled=${section.isOff}
    @click=${() => section.reseed(slider)}
  >
    Seed ${section.placeOf(slider).seed}
  </button>`
}

function layerTemplate(section: Effects, slider: EffectSlider): TemplateResult | typeof nothing {
  const { layers, label } = slider
  if (layers === 'none') return nothing
  const { linears } = section.session.parameters
  const offered = layers === 'hiddenOrAll' ? linears.slice(0, -1) : linears
  const chosen = section.placeOf(slider).layer
  return html`<select
    aria-label=${`${label}: layer`}
    .value=${live(chosen === null ? 'all' : String(chosen))}
    @change=${(event: Event) => section.chooseLayer(slider, valueOf(event) === 'all' ? null : Number(valueOf(event)))}
  >
    ${layers === 'one' ? nothing : html`<option value="all" ?selected=${chosen === null}>all layers</option>`}
    ${offered.map(({ name }, index) => html`<option value=${index} ?selected=${chosen === index}>${name}</option>`)}
  </select>`
}

/** The slider itself, its field, play and reset. */
function rowTemplate(section: Effects, slider: EffectSlider, isOff: boolean): TemplateResult {
  const { kind, label, min, max, step, neutral, isLogarithmic } = slider
  const value = section.valueOf(slider)
  // A logarithmic slider goes by positions, 0 to 1.
  const range = isLogarithmic
    ? { min: 0, max: 1, step: 0.002, at: positionOf(slider, value) }
    : { min, max, step, at: value }
  return html`
    <div class="effect-row">
      ${playTemplate(section, label, section.sliderPlayable(slider), isOff)}
      <input
        type="range"
        min=${range.min}
        max=${range.max}
        step=${range.step}
        aria-label=${label}
        aria-valuetext=${valueText(slider, value)}
        ?disabled=${isOff}
        .value=${live(String(range.at))}
        @input=${(event: Event) => {
          section.stop()
          const at = Number(valueOf(event))
          section.set(slider, isLogarithmic ? valueAt(slider, at) : at, section.gesture)
        }}
        @change=${() => section.endGesture()}
      />
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        id=${`effect-${kind}-value`}
        aria-label=${`${label}: value`}
        ?disabled=${isOff}
        .value=${unlessTyping(`effect-${kind}-value`, fieldText(slider, value))}
        @change=${(event: Event) => section.type(slider, valueOf(event))}
        @keydown=${onFieldKey}
      />
      ${resetTemplate(label, isOff || value === neutral, () => {
        section.stop()
        section.set(slider, neutral)
      })}
    </div>
  `
}

/** Enter takes what is typed and stays in the field. */
function onFieldKey(event: KeyboardEvent): void {
  if (event.key !== 'Enter') return
  event.preventDefault()
  ;(event.target as HTMLInputElement).blur()
  ;(event.target as HTMLInputElement).focus()
}

function playTemplate(section: Effects, label: string, playable: Playable, isOff: boolean): TemplateResult {
  const isPlaying = section.playing === playable.id
  return html`<button
    type="button"
    class="icon effect-play"
    aria-label=${`${isPlaying ? 'Stop' : 'Play'}: ${label}`}
    title=${isPlaying ? 'Stop' : 'Play'}
    ?disabled=${isOff}
    @click=${() => (isPlaying ? section.stop() : section.play(playable))}
  >
    <svg viewBox="0 0 16 16" aria-hidden="true">${isPlaying ? PAUSE : PLAY}</svg>
  </button>`
}

function resetTemplate(label: string, isOff: boolean, reset: () => void): TemplateResult {
  return html`<button
    type="button"
    class="icon"
    aria-label=${`Reset: ${label}`}
    title="Reset"
    ?disabled=${isOff}
    @click=${reset}
  >
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 8a4.5 4.5 0 1 0 1.6-3.4M3.3 2.6v2.9h2.9" /></svg>
  </button>`
}

function morphTemplate(section: Effects, slider: EffectSlider): TemplateResult {
  const { isOff, isTargetReady, isMatched, isLoadingTarget } = section
  const way = (isWayMatched: boolean, text: string) =>
    html`<label
      ><input
        type="radio"
        name="effect-morph-way"
        .checked=${live(isMatched === isWayMatched)}
        ?disabled=${isOff}
        @change=${() => section.setMatched(isWayMatched)}
      />
      ${text}</label
    >`
  return html`
    <div class="effect" role="group" aria-labelledby="effect-morph-label" data-effect="morph">
      <div class="effect-head">
        <span id="effect-morph-label">Morph to</span>
        <input
          type="text"
          id="effect-morph-target"
          list="effect-morph-choices"
          autocomplete="off"
          spellcheck="false"
          placeholder="a flag of the wall"
          aria-label="Morph: the other network"
          ?disabled=${isOff}
          .value=${unlessTyping('effect-morph-target', section.targetName)}
          @change=${(event: Event) => void section.chooseTarget(valueOf(event))}
          @keydown=${onFieldKey}
        />
        <datalist id="effect-morph-choices">
          ${section.choices.map(({ key, name }) => html`<option value=${name}>${key}</option>`)}
        </datalist>
      </div>
      ${rowTemplate(section, slider, isOff || !isTargetReady)}
      <div class="effect-ways" role="radiogroup" aria-label="Morph: hidden units">
        ${way(true, 'units matched')} ${way(false, 'naive')}
        <button type="button" ?disabled=${!isTargetReady} @click=${() => section.compare()}>Show both</button>
      </div>
      <p class="quiet effect-note" role="status">
        ${isLoadingTarget ? 'Loading…' : isTargetReady ? nothing : 'Name a flag that this one shall become.'}
      </p>
      ${comparisonTemplate(section)}
    </div>
  `
}

function comparisonTemplate(section: Effects): TemplateResult | typeof nothing {
  const { ways } = section
  if (ways.length === 0) return nothing
  const [naive, matched] = ways.map(({ psnr }) => psnr)
  const verdict =
    naive === null || matched === null
      ? 'Drawing…'
      : `${matched > naive ? 'Matched' : 'Naive'} is nearer to the cross-fade of the two pictures, by ${Math.abs(matched - naive).toFixed(1)} dB (PSNR over 25, 50 and 75 %). That measure favours the blurred: look for yourself.`
  return html`
    <div class="morph-ways">${ways.map(way => wayTemplate(section, way))}</div>
    <p class="quiet effect-note" role="status">${verdict}</p>
  `
}

function wayTemplate(section: Effects, { isMatched, pictures, psnr }: MorphWay): TemplateResult {
  const name = isMatched ? 'Matched' : 'Naive'
  return html`<div class="morph-way" role="group" aria-label=${name}>
    <span>${name}<span class="quiet">${psnr === null ? nothing : html` ${shortPsnrTemplate(psnr)}`}</span></span>
    <div>
      ${MORPH_SHARES.map((share, i) => {
        const label = `${name}, ${100 * share} %`
        return html`<button
          type="button"
          aria-label=${label}
          title=${label}
          ?disabled=${section.isOff}
          @click=${() => section.morphTo(isMatched, share)}
        >
          ${pictures[i] === undefined ? nothing : html`<img src=${pictures[i]} alt="" />`}
        </button>`
      })}
    </div>
  </div>`
}

function frameTemplate(section: Effects): TemplateResult | typeof nothing {
  const { frame } = section
  if (!frame) return nothing
  const own = section.session.file.ownFrame
  const isOwn = [0, 1].every(end => frame.x[end] === own.x[end] && frame.y[end] === own.y[end])
  return html`
    <div class="effect" role="group" aria-labelledby="effect-frame-label" data-effect="frame">
      <div class="effect-head">
        <span id="effect-frame-label">Frame</span>
        ${resetTemplate('Frame', isOwn, () => section.restoreFrame())}
      </div>
      ${FRAME_EDGES.map(edge => edgeTemplate(section, edge, frame[edge.axis][edge.end]))}
      <p class="quiet effect-note">which inputs the edges of the picture mean; in the address, not in the weights</p>
    </div>
  `
}

function edgeTemplate(section: Effects, edge: FrameEdge, value: number): TemplateResult {
  const { min, max, step } = section.rangeOf(edge)
  const id = `effect-frame-${edge.axis}${edge.end}`
  return html`
    <div class="effect-row">
      ${playTemplate(section, `Frame, ${edge.label.toLowerCase()}`, section.edgePlayable(edge), false)}
      <label class="effect-edge" for=${id}>${edge.label}</label>
      <input
        type="range"
        min=${min}
        max=${max}
        step=${step}
        aria-label=${`Frame: ${edge.label.toLowerCase()}`}
        .value=${live(String(value))}
        @input=${(event: Event) => {
          section.stop()
          section.setEdge(edge, Number(valueOf(event)))
        }}
      />
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        id=${id}
        .value=${unlessTyping(id, String(Number(value.toPrecision(6))))}
        @change=${(event: Event) => section.typeEdge(edge, valueOf(event))}
        @keydown=${onFieldKey}
      />
    </div>
  `
}
