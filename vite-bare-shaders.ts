// Shaders without their comments, for what is to be small.

import type { Plugin } from 'vite'

/** Takes out of `*.glsl?raw` what only people read: a twelfth of a page that is one file, a twentieth of the element. */
export function bareShaders(): Plugin {
  return {
    name: 'bare-shaders',
    transform(code, id) {
      if (!id.endsWith('.glsl?raw')) return null
      const [, text] = /^export default (.*)$/s.exec(code) ?? []
      const bare = (JSON.parse(text.replace(/;\s*$/, '')) as string)
        .replace(/\/\/.*$/gm, '')
        .replace(/^\s+|[ \t]+$/gm, '')
        .replace(/\n+/g, '\n')
      return { code: `export default ${JSON.stringify(bare)}`, map: null }
    },
  }
}
