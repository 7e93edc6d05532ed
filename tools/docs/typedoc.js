// `npm run docs`: the pages of docs/ and the reference of what the package exports, as a site that works from any folder of a static host.

import { plugin } from './plugin.js'

/** The pages in the order of the sidebar: those of docs/ by their names, others from the root. */
const GROUPS = {
  'What it is': ['what', 'wall', 'explorer'],
  'Mystery files': ['mystery-file', 'other-networks'],
  'To learn and teach': ['lesson', 'look-inside', 'scrub', 'films'],
  'Give it away': ['element', 'give-it-away'],
  Training: ['train', 'train-a-wall', 'lab', '/bench/RESULTS'],
  'To look up': ['command-line', 'commands', 'scripting', 'library'],
  'How it is made': ['how-true', 'house', '/CHANGELOG'],
}
const pathOf = page => (page.startsWith('/') ? `${page.slice(1)}.md` : `docs/${page}.md`)

/** @type {import('typedoc').TypeDocOptions} */
export default {
  plugin: [app => plugin(app, GROUPS)],
  name: 'vexel',
  readme: '../../README.md',
  includeVersion: true,
  projectDocuments: Object.values(GROUPS).flatMap(pages => pages.map(page => `../../${pathOf(page)}`)),
  entryPoints: ['index', 'gpu/index', 'train/index', 'solve/index', 'element/index']
    .map(entry => `../../src/${entry}.ts`)
    .concat('window-vexel.ts'),
  tsconfig: 'tsconfig.json',
  // tsc does that.
  skipErrorChecking: true,
  out: '../../docs-dist',

  router: 'vexel',
  navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
  groupOrder: [...Object.keys(GROUPS), 'Modules', '*'],
  // Each page has a heading of its own.
  headings: { readme: false, document: false },
  customCss: 'live.css',
  favicon: '../../public/favicon.svg',
  searchInDocuments: true,
  searchInComments: true,
  highlightLanguages: ['bash', 'css', 'html', 'javascript', 'json', 'python', 'typescript', 'yaml'],
  hideGenerator: true,
  githubPages: false,

  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  // What is public is documented, and what it speaks of is public.
  treatWarningsAsErrors: true,
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable', 'Function', 'Method'],
  // Lists and helpers that types are made of, whose members TypeDoc writes out.
  intentionallyNotExported: ['SpecOf', 'LayerOf', 'Kinds', 'FEATURES', 'OCTAVE_ORDERS', 'WAVE_ORDERS'],
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
}
