// The README and the pages of docs/, and the examples in them.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface DocPage {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

export interface Example extends DocPage {
  /** What stands between the fences. */
  readonly code: string
}

function pageAt(path: string): DocPage {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

export const README = pageAt('README.md')

/** The README first, then docs/ by name. */
export const PAGES: readonly DocPage[] = [
  README,
  ...readdirSync(join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => pageAt(`docs/${name}`)),
]

/** All examples in a language, in their order. */
export function examples(language: string, pages = PAGES): Example[] {
  const fenced = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm')
  return pages.flatMap(page => [...page.text.matchAll(fenced)].map(([, code]) => ({ ...page, code })))
}
