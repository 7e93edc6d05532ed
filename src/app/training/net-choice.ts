// The choice of what net is to learn: the command line's names, one like the net that was open, or JSON of one's own. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { countParameters } from '../../model/architecture.js'
import { BLUEPRINT_NAMES, MYSTERY } from '../../model/blueprint.js'
import { isActivationName } from '../../model/layers/kinds.js'
import { printableName } from '../../model/printable.js'
import { wiringNamed } from '../../model/wiring.js'
import { wiringWords } from '../../model/wiring-words.js'
import { unlessTyping, valueOf } from '../fields.js'
import type { Training } from './training.js'
import { ownNetText } from './wanted-net.js'

// No name of a net.
const [LIKE, OWN] = ['like', '{']

/** What a choice is of. */
export interface Chooser {
  readonly planning: Training['planning']
  readonly change: (options: Parameters<Training['change']>[0]) => void
}

/** The choice, without a label of its own. @param mayBeOwn whether JSON can be typed beside it */
export function netChoice({ planning, change }: Chooser, id: string, mayBeOwn: boolean): TemplateResult {
  const { plan, like } = planning
  const { text, architecture } = plan.net
  const chosen = text === null ? LIKE : BLUEPRINT_NAMES.includes(text) ? text : OWN
  const isLikeChosen = chosen === LIKE
  const choose = (value: string) => {
    if (value === OWN) change({ architecture: ownNetText(plan.net) })
    else if (value !== LIKE) change({ architecture: value })
    else if (like) change({ like })
  }
  const option = (value: string, words: string, refusal: string | null = null) =>
    html`<option value=${value} ?selected=${value === chosen} ?disabled=${refusal !== null} title=${refusal ?? nothing}>
      ${words}
    </option>`
  return html`<select
    id=${id}
    aria-label="Net"
    title=${`${printableName(architecture.name)}, ${countParameters(architecture).toLocaleString('en')} parameters`}
    .value=${live(chosen)}
    @change=${(event: Event) => choose(valueOf(event))}
  >
    ${BLUEPRINT_NAMES.map(name => option(name, wordsOf(name)))}
    ${
      like
        ? option(
            LIKE,
            `like ${printableName(like.name)}${like.refusal === null ? '' : `: ${like.refusal}`}`,
            isLikeChosen ? null : like.refusal,
          )
        : isLikeChosen
          ? option(LIKE, printableName(architecture.name))
          : nothing
    }
    ${mayBeOwn || chosen === OWN ? option(OWN, 'my own') : nothing}
  </select>`
}

/** The choice in the panel: what it comes to, and a net of one's own as text. */
export function netRows(chooser: Chooser): TemplateResult {
  const { text, architecture } = chooser.planning.plan.net
  const isOwn = text !== null && !BLUEPRINT_NAMES.includes(text)
  return html`
    <div class="row"><label for="train-net">Net</label>${netChoice(chooser, 'train-net', true)}</div>
    <p class="quiet net">
      ${printableName(architecture.name)}, ${countParameters(architecture).toLocaleString('en')} parameters
    </p>
    ${
      isOwn
        ? html`<label class="recipe"
            ><span class="hidden">The net, JSON</span>
            <textarea
              id="train-architecture"
              spellcheck="false"
              rows="8"
              .value=${unlessTyping('train-architecture', text)}
              @change=${(event: Event) => chooser.change({ architecture: valueOf(event) })}
            ></textarea>
          </label>`
        : nothing
    }
  `
}

/** A name as of --architecture, and what it stands for: `siren: sine 30`; a function's says it already. */
function wordsOf(name: string): string {
  if (name === MYSTERY) return 'MysteryNet'
  const wiring = wiringNamed(name)
  if (!wiring) return name
  const words = wiringWords(wiring)
  const isFunction = !Array.isArray(wiring.activation) && isActivationName(camelCased(name))
  return isFunction ? words : `${name}: ${words}`
}

function camelCased(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
