// What the pages say of the repository is so: their links, the map of the code, the reference of the commands.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import type { PartSpelling } from '../../src/app/address.js'
import { PAGE_PARTS } from '../../src/app/page-state.js'
import { runVexel } from '../cli/run-vexel.js'
import { type DocPage, PAGES, README, ROOT } from './pages.js'

/** How GitHub names a heading in an address. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsOf = ({ text }: DocPage) => [...text.matchAll(/^#+ (.*)/gm)].map(([, heading]) => anchorOf(heading))

/** What a page leads to, in Markdown and in HTML, without its examples. */
function linksOf({ text }: DocPage): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, '').replace(/`[^`]*`/g, '')
  return [...prose.matchAll(/\]\(([^)]+)\)|(?:src|href)="([^"]+)"/g)].map(([, markdown, html]) => markdown ?? html)
}

test('every link leads to something', () => {
  const broken = PAGES.flatMap(page =>
    linksOf(page)
      .filter(link => !link.startsWith('https:'))
      .filter(link => {
        const [path, anchor] = link.split('#')
        // The site stands beside the flags as docs/ stands beside public/flags.
        const file = path.replace(/^\.\.\/flags\//, '../public/flags/')
        const target = path === '' ? page.path : normalize(join(dirname(page.path), file))
        if (!existsSync(join(ROOT, target))) return true
        const linked = PAGES.find(({ path }) => path === target)
        return anchor !== undefined && linked !== undefined && !anchorsOf(linked).includes(anchor)
      })
      .map(link => `${page.path}: ${link}`),
  )
  expect(broken).toEqual([])
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(60)
})

test('the README leads to every page', () => {
  const reached = new Set(linksOf(README).map(link => link.replace(/#.*/, '')))
  expect(PAGES.map(({ path }) => path).filter(path => path !== README.path && !reached.has(path))).toEqual([])
})

test('the map of the code has every folder of src, and no folder that is not there', () => {
  const map = PAGES.find(({ path }) => path === 'docs/house.md')?.text ?? ''
  const named = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map(([, folder]) => folder)
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  expect(named.filter(name => name.startsWith('src/')).sort()).toEqual(folders.map(({ name }) => `src/${name}`).sort())
  expect(named.filter(name => !existsSync(join(ROOT, name)))).toEqual([])
})

test('the table of links has every part of an address, and the page understands each as it stands there', () => {
  const text = PAGES.find(({ path }) => path === 'docs/scripting.md')?.text ?? ''
  const told = [...text.matchAll(/^\| (`.*?`) \|/gm)]
    .flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)])
    .flatMap(([, parts]) => parts.split('&'))
    .map(part => part.split(/=([^]*)/))
  const spellings: readonly Pick<PartSpelling<unknown>, 'key' | 'parse'>[] = Object.values(PAGE_PARTS)
  expect([...new Set(told.map(([key]) => key))].sort()).toEqual(spellings.map(({ key }) => key).sort())
  for (const [key, value] of told)
    expect(() => spellings.find(spelling => spelling.key === key)?.parse(value), key).not.toThrow()
})

/** The reference of the command line, as the commands themselves tell it. */
async function commandsPage(): Promise<string> {
  const help = async (...command: string[]) => (await runVexel([...command, '--help'], { cwd: ROOT })).text.trim()
  const all = await help()
  const names = [...all.matchAll(/^ {2}(?!help\b)([a-z]+) .*/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThanOrEqual(11)
  const sections = await Promise.all(names.map(async name => `## ${name}\n\n\`\`\`text\n${await help(name)}\n\`\`\`\n`))
  return `# The commands

What \`vexel COMMAND --help\` says. With examples, and what all of them have in common: [On the command line](command-line.md).

\`\`\`text
${all}
\`\`\`

${sections.join('\n')}`
}

test('the reference of the commands is what they say (UPDATE=1 writes it)', async () => {
  const page = await commandsPage()
  if (process.env.UPDATE) writeFileSync(join(ROOT, 'docs/commands.md'), page)
  else expect(PAGES.find(({ path }) => path === 'docs/commands.md')?.text).toBe(page)
})
