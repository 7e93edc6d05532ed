// The tab of the panel with the sliders.

import type { Page } from '../page.js'
import { Effects } from './effects.js'
import { effectsTemplate } from './effects-template.js'
import type { CreateSection } from './section.js'
import './effects.css'

/** Makes the tab. @param page whose frame is changed, and whose wall has what can be morphed to */
export function createEffectsSection(page: Page): CreateSection {
  return place => {
    const effects = new Effects(page, place)
    return {
      tab: 'Effects',
      get template() {
        return effectsTemplate(effects)
      },
      dispose: () => effects.dispose(),
    }
  }
}
