// `npm run names`: writes public/flags/names.json, what people call the flags of the wall now, and puts those names into the lists that the
// page and the solver read. From world-countries, which follows what countries are called; what is no country of it keeps its name.

import { readFileSync, writeFileSync } from 'node:fs'
import countries from 'world-countries'

const FOLDER = new URL('../public/flags/', import.meta.url)
/** Whoever types writes Latin letters here; other scripts would only make the file large. */
const LATIN = /^[\p{Script=Latin}\p{N}\p{P}\p{Zs}]+$/u

const textOf = name => readFileSync(new URL(name, FOLDER), 'utf8')
const before = JSON.parse(textOf('flags.json')).flags
const names = {}
for (const { code, name } of before) {
  const known = countries.find(({ cca2 }) => cca2 === code.toUpperCase())
  if (!known) continue
  const { common, official, native } = known.name
  const own = Object.values(native).map(({ common }) => common)
  const all = [common, official, known.cca3, known.cioc, ...known.altSpellings, ...own, name, ...earlier(code)]
  names[code.toUpperCase()] = [...new Set(all.filter(text => text && text.length > 1 && LATIN.test(text)))]
}

/** What it was called before, in this file: a name that was once in use is still typed. */
function earlier(code) {
  try {
    return JSON.parse(textOf('names.json'))[code.toUpperCase()] ?? []
  } catch {
    return []
  }
}

const lines = Object.entries(names).map(([code, list]) => `  ${JSON.stringify(code)}: ${JSON.stringify(list)}`)
writeFileSync(new URL('names.json', FOLDER), `{\n${lines.join(',\n')}\n}\n`)
// The lists keep their form: only the names are others.
for (const list of ['flags.json', 'pictures.json'])
  writeFileSync(
    new URL(list, FOLDER),
    textOf(list).replace(
      /("code":\s*)("(?:[^"\\]|\\.)*")(,\s*"name":\s*)("(?:[^"\\]|\\.)*")/g,
      (whole, key, code, comma, name) =>
        `${key}${code}${comma}${JSON.stringify(names[JSON.parse(code).toUpperCase()]?.[0] ?? JSON.parse(name))}`,
    ),
  )
