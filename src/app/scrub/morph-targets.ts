// What a network can be morphed towards: the flags of the wall by their code, and the snapshots of its own film.

import type { Network } from '../../model/network.js'
import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { checkMorphTarget } from '../../edit/effects/morph.js'
import { loadFile } from '../../open/load-file.js'
import type { Page } from '../page.js'

/** One of the choices. */
export interface MorphChoice {
  /** Key of the effect's target. */
  readonly key: string
  readonly name: string
}

const SNAPSHOT = /^film-([1-9]\d{0,4})$/

/** Lists what the open network can go towards: the keys that a link can hold. */
export function morphChoices(page: Page): MorphChoice[] {
  const open = page.wall.flagAt(page.opened.file?.url ?? null)
  const flags = page.wall.flags
    .filter(flag => flag !== open && /^[\w.-]{1,64}$/.test(flag.code))
    .map(({ code, name }): MorphChoice => ({ key: code, name }))
  return open?.listed.film === undefined ? flags : [{ key: 'film-1', name: 'Film: its beginning' }, ...flags]
}

/** Finds a choice by what a person typed: a name or a key, in any case; else the only name that begins so. */
export function findChoice(choices: readonly MorphChoice[], text: string): MorphChoice | null {
  const wanted = text.trim().toLowerCase()
  if (SNAPSHOT.test(wanted)) return { key: wanted, name: nameOfTarget(choices, wanted) }
  const exact = choices.find(({ key, name }) => key.toLowerCase() === wanted || name.toLowerCase() === wanted)
  if (exact || wanted === '') return exact ?? null
  const beginning = choices.filter(({ name }) => name.toLowerCase().startsWith(wanted))
  return beginning.length === 1 ? beginning[0] : null
}

/** What a target is called. */
export function nameOfTarget(choices: readonly MorphChoice[], key: string): string {
  const snapshot = SNAPSHOT.exec(key)
  return choices.find(choice => choice.key === key)?.name ?? (snapshot ? `Film: snapshot ${snapshot[1]}` : key)
}

/**
 * Loads the network of a target: `jp`, a flag of the wall; `film-3`, the third snapshot of the open flag's film.
 * @throws with one line when there is none, or it is of another architecture
 */
export async function loadMorphTarget(page: Page, original: Network, key: string): Promise<Network> {
  const snapshot = SNAPSHOT.exec(key)
  const network = snapshot ? await loadSnapshot(page, Number(snapshot[1])) : await page.wall.network(key)
  checkMorphTarget(original, network)
  return network
}

async function loadSnapshot(page: Page, number: number): Promise<Network> {
  const film = page.wall.flagAt(page.opened.file?.url ?? null)?.listed.film
  if (film === undefined) throw new FormatError('morph: what is open has no film')
  const [{ bytes }, { Film }] = await Promise.all([loadFile(`flags/${film}`), import('../../film/film.js')])
  const parsed = Film.parse(bytes)
  if (number > parsed.steps.length)
    throw new FormatError(`morph: ${printableName(film)} has ${parsed.steps.length} snapshots, got ${number}`)
  return parsed.network(number - 1)
}
