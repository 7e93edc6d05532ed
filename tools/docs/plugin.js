// What the documentation is that TypeDoc is not: pages by their headings and groups, modules by the names that are imported, and live flags.

import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Converter, JSX, KindRouter, RendererEvent } from 'typedoc'

const ROOT = new URL('../../', import.meta.url)
const pathOf = file => fileURLToPath(new URL(file, ROOT))

/** What is imported, by how TypeDoc calls its module. */
const ENTRIES = {
  src: 'vexel',
  'src/gpu': 'vexel/gpu',
  'src/train': 'vexel/train',
  'src/solve': 'vexel/solve',
  'src/element': 'vexel/element',
  'tools/docs/window-vexel': 'window.vexel',
}

/** Pages keep the names of their files in addresses, whatever their headings say. */
class PageRouter extends KindRouter {
  getIdealBaseName(reflection) {
    return reflection.isDocument() ? `documents/${reflection.frontmatter.slug}` : super.getIdealBaseName(reflection)
  }
}

/**
 * @param app TypeDoc
 * @param groups the pages of each group of the sidebar
 */
export function plugin(app, groups) {
  const groupOf = slug => Object.keys(groups).find(group => groups[group].some(page => basename(page) === slug))

  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    const slug = basename(page.name)
    const heading = /^# (.*)/m.exec(page.content[0].text)?.[1]
    page.name = slug === 'RESULTS' ? 'What helps, measured' : (heading ?? slug)
    Object.assign(page.frontmatter, { slug, group: groupOf(slug) })
  })

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, context => {
    for (const module of context.project.children ?? []) module.name = ENTRIES[module.name] ?? module.name
  })

  app.renderer.defineRouter('vexel', PageRouter)

  app.renderer.hooks.on('head.end', context =>
    JSX.createElement(
      JSX.Fragment,
      null,
      ['element/element.js', 'assets/live.js'].map(script =>
        JSX.createElement('script', { type: 'module', src: context.relativeURL(script) }),
      ),
    ),
  )

  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    if (!existsSync(pathOf('lib/element/element.js')))
      return app.logger.error('the element is not built: run npm run build')
    cpSync(pathOf('lib/element'), `${outputDirectory}/element`, { recursive: true })
    cpSync(pathOf('tools/docs/live.js'), `${outputDirectory}/assets/live.js`)
    mkdirSync(`${outputDirectory}/flags`, { recursive: true })
    for (const flag of shownFlags(Object.values(groups).flat()))
      cpSync(pathOf(`public/flags/${flag}`), `${outputDirectory}/flags/${flag}`)
  })
}

/** The files of the flags that stand in pages. */
function shownFlags(pages) {
  const texts = pages.filter(page => !page.startsWith('/')).map(page => readFileSync(pathOf(`docs/${page}.md`), 'utf8'))
  return new Set(texts.flatMap(text => [...text.matchAll(/"\.\.\/flags\/([^"]+)"/g)].map(([, flag]) => flag)))
}
