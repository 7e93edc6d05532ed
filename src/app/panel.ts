// The panel beside the picture: the file, its frame, the picture's settings, the proof. Templates only; what they do is
// the explorer's. lit-html writes everything from a file as text, never as markup.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { isWithinTolerance, parityText } from '../gpu/parity.js'
import { isPlainChain } from '../model/architecture.js'
import { CHANNELS, type Frame, ORDERS, OUTPUTS, parseAspect, parseFrame, parseNumber } from '../model/frame.js'
import { printableName } from '../model/printable.js'
import { parseSampleCount, SAMPLE_COUNTS } from '../model/samples.js'
import type { Explorer } from './explorer.js'
import type { OpenFile } from '../open/open-file.js'
import { sameFrame } from './open/opened.js'
import { unlessTyping, valueOf } from './fields.js'
import { termTemplate } from './terms/terms.js'
import { bytesText, counted, millisecondsText, valueText } from './figures.js'

/** What the panel asks of the page around it. */
export interface PanelActions {
  readonly chooseFile: () => void
  readonly savePicture: () => void
  readonly saveNetwork: () => void
  readonly copy: (text: string) => void
}

/**
 * @param training the section of the training; it stands first while there is one
 * @param inside what is said of the units
 * @param solve the section of the solver
 */
export function panelTemplate(
  explorer: Explorer,
  actions: PanelActions,
  training: { readonly template: TemplateResult; readonly isOpen: boolean },
  inside: TemplateResult | typeof nothing,
  solve: TemplateResult | typeof nothing,
): TemplateResult {
  const { file, frame } = explorer.opened
  return html`
    ${inside} ${training.isOpen ? training.template : nothing}
    <section aria-labelledby="file-title">
      <h2 id="file-title">File</h2>
      <label class="row"
        ><span>Flag</span>
        <select @change=${(event: Event) => onFlag(explorer, event)} .value=${live(file?.url ?? '')}>
          ${explorer.wall.flags.map(({ url, name }) =>
            url === null ? nothing : html`<option value=${url} ?selected=${file?.url === url}>${name}</option>`,
          )}
          ${
            explorer.wall.flagAt(file?.url ?? null)
              ? nothing
              : html`<option value=${file?.url ?? ''} selected>${file?.name ?? 'the whole wall'}</option>`
          }
        </select>
      </label>
      <div class="buttons"><button type="button" @click=${actions.chooseFile}>Open a file…</button></div>
      ${file ? fileTemplate(file) : html`<p class="quiet">No file is open.</p>`}
    </section>
    ${training.isOpen ? nothing : training.template} ${solve}
    ${file && frame ? frameTemplate(explorer, frame, actions) : nothing}
    <section aria-labelledby="picture-title">
      <h2 id="picture-title">Picture</h2>
      <label class="row"
        ><span>Samples a pixel</span>
        <select
          .value=${live(String(explorer.viewer.loop.samples ?? 'auto'))}
          @change=${(event: Event) => {
            const text = valueOf(event)
            explorer.samples = text === 'auto' ? null : parseSampleCount(Number(text))
          }}
        >
          ${['auto', ...SAMPLE_COUNTS].map(
            count =>
              html`<option value=${count} ?selected=${(explorer.viewer.loop.samples ?? 'auto') === count}>
                ${count}
              </option>`,
          )}
        </select>
      </label>
      <label class="row"
        ><span>Outline the frame</span>
        <input
          type="checkbox"
          .checked=${explorer.outline}
          @change=${(event: Event) => {
            explorer.outline = (event.target as HTMLInputElement).checked
          }}
        />
      </label>
      ${drawnByTemplate(explorer)}
      <div class="buttons"><button type="button" @click=${actions.savePicture}>Save the view as PNG</button></div>
    </section>
    ${proofTemplate(explorer, actions)}
  `
}

/** What draws and how fast; why it is the CPU, where it is. */
function drawnByTemplate(explorer: Explorer): TemplateResult | typeof nothing {
  const { renderer, rendererNote, shader, frameMs } = explorer.viewer.stats()
  if (explorer.viewer.lifecycle.status.kind !== 'ready') return nothing
  const speed = frameMs === null ? '' : ` · ${millisecondsText(frameMs)} a picture`
  return html`<p class="quiet speed">${shortRenderer(renderer)}${shader === null ? '' : ` · ${shader}`}${speed}</p>
    ${rendererNote === null ? nothing : html`<p class="quiet">${sentenceOf(rendererNote)}</p>`}`
}

/** ANGLE wraps the device's name into the way it is reached: ANGLE (Vendor, Device (0x...) Direct3D11 ..., driver). */
function shortRenderer(renderer: string): string {
  const parts = /^ANGLE \((.*)\)$/.exec(renderer)?.[1].split(', ')
  return (parts?.[1] ?? renderer).replace(/^Vulkan [\d.]+ \((.*)\)$/, '$1').replace(/ \(0x[0-9A-F]+\)/gi, '')
}

function sentenceOf(line: string): string {
  return `${line[0].toUpperCase()}${line.slice(1)}.`
}

function onFlag(explorer: Explorer, event: Event): void {
  const url = valueOf(event)
  if (url) void explorer.files.tryOpen(url)
}

function fileTemplate({ name, summary, network }: OpenFile): TemplateResult {
  const metadata = Object.entries(summary.metadata)
  return html`
    <dl class="facts">
      <dt>Name</dt>
      <dd>${name}</dd>
      <dt>Size</dt>
      <dd>${bytesText(summary.sizeBytes)}</dd>
      <dt>Network</dt>
      <dd>${summary.architecture}</dd>
      <dt>Parameters</dt>
      <dd>${summary.parameterCount.toLocaleString('en')}</dd>
    </dl>
    ${summary.warnings.map(warning => html`<p class="warning">${warning}</p>`)}
    ${
      isPlainChain(network.architecture)
        ? nothing
        : html`<p class="quiet">
            Scrubbing, looking inside and explaining colours know plain chains of layers with biases so far: they are
            not offered for this one. It is drawn, solved, shared, exported and trained like any other.
          </p>`
    }
    <details>
      <summary>${counted(summary.tensors.length, 'tensor')}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Tensors">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col">Shape</th>
              <th scope="col">Range</th>
            </tr>
          </thead>
          <tbody>
            ${summary.tensors.slice(0, LISTED_TENSORS).map(
              tensor =>
                html`<tr>
                  <th scope="row">${printableName(tensor.name)}</th>
                  <td>${tensor.dtype}</td>
                  <td>${tensor.shape.length > 0 ? tensor.shape.slice(0, 4).join('×') : 'scalar'}</td>
                  <td>${valueText(tensor.min)} … ${valueText(tensor.max)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        ${
          summary.tensors.length > LISTED_TENSORS
            ? html`<p class="quiet">and ${summary.tensors.length - LISTED_TENSORS} more</p>`
            : nothing
        }
      </div>
    </details>
    <details>
      <summary>
        ${metadata.length > 0 ? counted(metadata.length, 'metadata entry', 'metadata entries') : 'No metadata'}
      </summary>
      <dl class="facts">
        ${metadata.slice(0, LISTED_TENSORS).map(
          ([key, value]) =>
            html`<dt>${key.slice(0, 200)}</dt>
              <dd>${value.slice(0, 2000)}</dd>`,
        )}
      </dl>
    </details>
  `
}

// A page with ten thousand rows answers slowly; nobody reads them.
const LISTED_TENSORS = 300

function frameTemplate(explorer: Explorer, frame: Frame, actions: PanelActions): TemplateResult {
  const file = explorer.opened.file as OpenFile
  // The frame as it is when a control is used: what was rendered may be a change behind.
  const current = () => explorer.opened.frame ?? frame
  const change = (fields: Partial<Record<keyof Frame, unknown>>, input?: HTMLInputElement) => {
    try {
      explorer.opened.setFrame(parseFrame({ ...current(), ...fields }))
      for (const field of document.querySelectorAll('#panel [aria-invalid]')) field.removeAttribute('aria-invalid')
    } catch (error) {
      input?.setAttribute('aria-invalid', 'true')
      explorer.opened.refuseFrame((error as Error).message)
    }
  }
  const edge = (axis: 'x' | 'y', index: 0 | 1, label: string) =>
    html`<label
      ><span>${label}</span>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        id=${`frame-${axis}${index}`}
        .value=${unlessTyping(`frame-${axis}${index}`, String(frame[axis][index]))}
        @change=${(event: Event) => {
          const range = [...current()[axis]]
          range[index] = parseNumber(valueOf(event))
          change({ [axis]: range }, event.target as HTMLInputElement)
        }}
      />
    </label>`
  const choice = <T extends string>(
    name: keyof Frame,
    label: string,
    choices: readonly T[],
    texts: Record<T, string>,
  ) =>
    html`<label class="row"
      ><span>${label}</span>
      <select .value=${live(String(frame[name]))} @change=${(event: Event) => change({ [name]: valueOf(event) })}>
        ${choices.map(c => html`<option value=${c} ?selected=${frame[name] === c}>${texts[c]}</option>`)}
      </select>
    </label>`
  return html`
    <section aria-labelledby="frame-title">
      <h2 id="frame-title">Frame</h2>
      <p class="quiet">
        ${termTemplate('plane', 'Plane coordinates')}, and what the three outputs are.
        ${file.isFrameStated ? 'Stated by the file.' : 'The file does not say what its inputs mean; change it until the picture is right.'}
      </p>
      <p class="warning" role="alert">${explorer.opened.frameProblem}</p>
      <fieldset class="edges">
        <legend>Inputs at the picture’s edges</legend>
        ${edge('x', 0, 'Left')} ${edge('x', 1, 'Right')} ${edge('y', 0, 'Top')} ${edge('y', 1, 'Bottom')}
      </fieldset>
      <div class="buttons">
        <button type="button" @click=${() => change({ x: [...current().x].reverse() })}>Mirror</button>
        <button type="button" @click=${() => change({ y: [...current().y].reverse() })}>Upside down</button>
      </div>
      ${choice('order', 'First input', ORDERS, { xy: 'x, then y', yx: 'y, then x' })}
      <label class="row"
        ><span>Width : height</span>
        <input
          type="text"
          autocomplete="off"
          size="8"
          id="frame-aspect"
          .value=${unlessTyping('frame-aspect', frame.aspect === null ? 'auto' : String(Number(frame.aspect.toPrecision(6))))}
          title="a number, a proportion such as 2:1, or auto (drawn as 3:2)"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement
            let aspect: number | null = Number.NaN
            try {
              aspect = parseAspect(input.value)
            } catch {
              // parseFrame says what was expected.
            }
            change({ aspect }, input)
          }}
        />
      </label>
      ${choice('output', 'Outputs are', OUTPUTS, {
        rgb01: 'colours 0 … 1',
        rgb255: 'colours 0 … 255',
        rgb11: 'colours −1 … 1',
        logit: 'logits',
      })}
      ${frame.output === 'logit' ? html`<p class="quiet">The outputs are ${termTemplate('logits', 'logits')}.</p>` : nothing}
      ${choice('channels', 'Channels', CHANNELS, { rgb: 'red, green, blue', bgr: 'blue, green, red' })}
      <div class="buttons">
        <button
          type="button"
          ?disabled=${sameFrame(frame, file.ownFrame)}
          @click=${() => explorer.opened.setFrame(file.ownFrame)}
        >
          Reset
        </button>
        <button type="button" @click=${actions.saveNetwork} title="the same file with this frame in its metadata">
          Save the file with this frame
        </button>
      </div>
    </section>
  `
}

function proofTemplate(explorer: Explorer, actions: PanelActions): TemplateResult {
  const proof = explorer.proof.state
  const isCpu = explorer.viewer.lifecycle.holder?.kind === 'cpu'
  const subject = isCpu ? 'CPU kernel' : 'shader'
  return html`
    <section aria-labelledby="proof-title">
      <h2 id="proof-title">Proof</h2>
      <p class="quiet">Compares the ${subject} with the float64 reference on this machine, over the whole frame.</p>
      <div class="buttons">
        <button
          type="button"
          ?disabled=${proof.kind === 'running' || !explorer.opened.file || explorer.viewer.lifecycle.status.kind !== 'ready'}
          @click=${() => void explorer.proof.show()}
        >
          ${proof.kind === 'running' ? 'Comparing…' : `Prove it on my ${isCpu ? 'CPU' : 'GPU'}`}
        </button>
        ${
          proof.kind === 'done'
            ? html`<button type="button" @click=${() => actions.copy(parityText(proof.report))}>Copy</button>`
            : nothing
        }
      </div>
      <div role="status">
        ${
          proof.kind === 'done'
            ? html`<p class=${isWithinTolerance(proof.report) ? 'good' : 'warning'}>
                  ${isWithinTolerance(proof.report) ? `The ${subject} and the reference agree.` : `The ${subject} and the reference differ.`}
                </p>
                <pre class="scroll" tabindex="0">${parityText(proof.report)}</pre>`
            : proof.kind === 'failed'
              ? html`<p class="warning">${proof.reason}</p>`
              : nothing
        }
      </div>
    </section>
  `
}
