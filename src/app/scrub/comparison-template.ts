// How far the picture is from the file's own: the figure, and the difference as a picture. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { paintedWith } from '../painted-canvas.js'
import { shortPsnrTemplate } from '../terms/terms.js'
import type { Comparison, LiveComparison } from './comparison.js'

/** @param isDifferenceShown whether the difference is seen; toggle changes it */
export function comparisonTemplate(
  { latest, problem }: LiveComparison,
  isDifferenceShown: boolean,
  toggle: () => void,
): TemplateResult {
  return html`
    <div class="scrub-distance">
      <p
        title=${latest ? `Of the colours as they are shown, before they are rounded, over ${latest.width} × ${latest.height} points of the frame` : ''}
      >
        ${
          problem !== null
            ? html`<span class="warning">PSNR: ${problem}</span>`
            : latest === null
              ? 'PSNR …'
              : distanceTemplate(latest)
        }
      </p>
      <button type="button" aria-pressed=${isDifferenceShown} @click=${toggle}>Difference</button>
      ${isDifferenceShown ? differenceTemplate(latest) : nothing}
    </div>
  `
}

// Two lines at most, whatever the figure: what stands below is scrubbed, and must not move away under the pointer.
function distanceTemplate({ psnr }: Comparison): TemplateResult {
  return psnr === Number.POSITIVE_INFINITY
    ? html`<b class="psnr">Equal</b> <span class="quiet">to the file’s own picture</span>`
    : html`<b class="psnr">${shortPsnrTemplate(psnr)}</b>, <span class="quiet">against the file’s own picture</span>`
}

function differenceTemplate(latest: Comparison | null): TemplateResult {
  return html`<canvas
      class="scrub-difference"
      width="1"
      height="1"
      role="img"
      aria-label="Absolute difference to the file’s own picture, five times as bright"
      ${paintedWith(latest)}
    ></canvas>
    <p class="quiet scrub-difference-note">Absolute difference of each channel, five times as bright, on that grid.</p>`
}
