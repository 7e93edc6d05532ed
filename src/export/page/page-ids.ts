// What the parts of a page that is one file are called: its script finds them by that. And what that script is called in the built site.

export const PAGE_IDS = {
  stage: 'stage',
  canvas: 'picture',
  message: 'message',
  bar: 'film-bar',
  /** The files that it carries, packed, in base64. */
  net: 'net',
  film: 'film',
  /** What draws, also in its workers. */
  script: 'vexel',
} as const

/** What a page's script can do besides drawing networks that are built as MysteryNet is. */
export interface PageAbilities {
  readonly hasFilm: boolean
  /** Whether it draws networks of any kind. */
  readonly isAny: boolean
}

/** The script of a page, beside the site: vite-flag-page.ts builds them. */
export function pageScriptName({ hasFilm, isAny }: PageAbilities): string {
  return `flag-page${isAny ? '-any' : ''}${hasFilm ? '-film' : ''}.js`
}

/** The script of a lab's page, in the same place. */
export const LAB_SCRIPT_NAME = 'lab-page.js'
