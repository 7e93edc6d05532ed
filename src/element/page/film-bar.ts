// The film of the training under a flag in a page of its own: a button and a slider.

import type { Film } from '../../film/film.js'
import type { FilmPlayer } from '../film-player.js'

/** @param bar where it stands: a button, a slider and the step, in this order */
export function showFilmBar(bar: HTMLElement, film: Film, player: FilmPlayer): void {
  const [button, slider, step] = bar.children as unknown as [HTMLButtonElement, HTMLInputElement, HTMLElement]
  const show = () => {
    slider.value = String(player.position)
    step.textContent = `step ${Math.round(film.stepAt(player.position)).toLocaleString('en')}`
    button.textContent = player.isPlaying ? '❚❚' : '▶'
    button.setAttribute('aria-label', player.isPlaying ? 'Pause' : 'Play')
  }
  const follow = () => {
    show()
    if (player.isPlaying) requestAnimationFrame(follow)
  }
  const toggle = () => {
    if (player.isPlaying) player.pause()
    else player.play()
    follow()
  }
  button.addEventListener('click', toggle)
  slider.addEventListener('input', () => {
    player.pause()
    player.position = Number(slider.value)
    show()
  })
  bar.hidden = false
  player.position = 1
  show()
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) toggle()
}
