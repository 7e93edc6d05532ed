// The page: stage and panel put together, and the browser's events put to work.

import './style.css'
import { html, render } from 'lit-html'
import { printableName } from '../model/printable.js'
import { zoomText } from './figures.js'
import { Explorer } from './explorer.js'
import { attachGestures } from './gestures.js'
import { panelTemplate } from './panel.js'
import { FilmDoor } from './film/door.js'
import { filmScripting } from './film/scripting.js'
import { NeuronDoor } from './neurons/door.js'
import { neuronScripting } from './neurons/scripting.js'
import { installScripting } from './scripting.js'
import { ScrubDoor } from './scrub/door.js'
import { scrubScripting } from './scrub/scripting.js'
import { SolveDoor } from './solve/door.js'
import { stageTemplate } from './stage.js'
import { TrainingDoor } from './training/door.js'
import { train } from './training/scripting.js'
import { barTemplate, Search } from './wall/bar.js'
import { Labels } from './wall/labels.js'

const TAGLINE = 'Flags that are neural networks'

const app = document.querySelector('#app') as HTMLElement
app.innerHTML = `
  <header>
    <h1>vexel</h1>
    <p class="tagline">${TAGLINE}</p>
    <div id="wall-bar"></div>
  </header>
  <main>
    <div id="net">
    <div id="stage" tabindex="0" role="application" aria-roledescription="zoomable picture" aria-label="Flag"
      aria-describedby="stage-help"><div id="canvas-host"></div><div id="names" aria-hidden="true"></div><div id="marks" aria-hidden="true"></div></div>
    <div id="overlay"></div>
    <div id="solve-note"></div>
    <p id="net-caption" class="caption"></p>
    <p id="stage-help" class="hidden">On the wall arrow keys go from flag to flag, Enter flies in, letters search. In a flag arrow
      keys move, plus and minus zoom, 0 shows the whole flag, N looks inside, Escape goes back to the wall. Inside, arrow keys go
      from unit to unit, Enter enlarges, S silences, I isolates, B boosts.</p>
    </div>
    <div id="training"></div>
    <div id="neurons"></div>
    <div id="film"></div>
  </main>
  <aside id="panel" aria-label="Details"></aside>
  <aside id="scrub" aria-label="Scrub"></aside>
  <div id="live" class="hidden" role="status" aria-live="polite"></div>
  <div id="drop" aria-hidden="true">Drop a network to open it, an image to train it</div>
  <input id="file-input" type="file" class="hidden" tabindex="-1" aria-hidden="true" />
`
const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const stage = element('stage')
const panel = element('panel')
const fileInput = element<HTMLInputElement>('file-input')
const isNarrow = matchMedia('(max-width: 760px)')

// Over the wall the panel has little to say.
const isFileLinked = /[#&]file=/.test(location.hash)
let isPanelOpen = !isNarrow.matches && isFileLinked
let renderRequest = 0
let announceTimer = 0
let announcedMessage: Explorer['message'] = null

const explorer = new Explorer(element('canvas-host'), requestRender)
const door = new TrainingDoor(
  explorer,
  { workspace: element('training'), netCaption: element('net-caption') },
  {
    chooseFile,
    save,
    requestRender,
    // Its parameters are not to be scrubbed, and the panel would leave a small page no room.
    // Not only while it is open: the panel of the net before would come back with this one.
    onLoad: () => scrubs.close(),
    onPanes: attachPanes,
  },
)
const films = new FilmDoor(explorer, element('film'), stage, { save, requestRender })
const scrubs = new ScrubDoor(explorer, element('scrub'), stage, {
  save,
  requestRender,
  onOpen: () => {
    isPanelOpen = false
  },
})
const inside = new NeuronDoor(explorer, element('neurons'), element('marks'), stage, {
  requestRender,
  openPanel,
})
const solver = new SolveDoor(explorer, element('solve-note'), { requestRender, openPanel })
installScripting(
  explorer,
  explorer.start(),
  (source, options) => train(door, source, options),
  filmScripting(explorer, films),
  scrubScripting(explorer, scrubs),
  neuronScripting(explorer, inside),
  () => solver.solve(),
)
const labels = new Labels(element('names'), explorer.viewer, () => explorer.world)
const search = new Search(explorer, requestRender)
attachGestures(stage, explorer.viewer, {
  onHover: position => explorer.hover(position),
  onHome: () => explorer.home(),
  isPrimary: true,
  onStep: direction => void explorer.step(direction),
  onEnter: () => {
    const { selected } = explorer.world
    if (!selected) return
    if (explorer.isInside) inside.pick(selected, null)
    else void explorer.diveInto(selected)
  },
  onEscape: () => {
    if (!explorer.isHeld || explorer.isInside) void explorer.back()
  },
  onLetter: letter => {
    if (explorer.isInside) {
      inside.onLetter(letter)
      return
    }
    const field = element<HTMLInputElement>('wall-search')
    field.focus()
    // At once: the next letter comes before the next frame.
    field.value = letter
    search.type(letter)
  },
  onPoint: () => inside.pickPoint(),
  onHint: line => explorer.say(line),
  onTap: pixel => {
    const place = explorer.placeUnder(pixel)
    if (!place) return
    if (explorer.isInside) inside.pick(place, explorer.pointer)
    else void explorer.diveInto(place)
  },
})

for (const type of ['focus', 'blur'])
  stage.addEventListener(type, () => explorer.focusStage(type === 'focus' && stage.matches(':focus-visible')))

function requestRender(): void {
  if (renderRequest === 0) renderRequest = requestAnimationFrame(renderPage)
}

function renderPage(): void {
  renderRequest = 0
  app.classList.toggle('panel-open', isPanelOpen)
  explorer.isHeld = door.render()
  app.classList.toggle('training', explorer.isHeld)
  app.classList.toggle('film', films.render())
  app.classList.toggle('scrub-open', scrubs.render())
  app.classList.toggle('neurons', inside.render())
  solver.render()
  // On the way to the flag that a link names there is no wall to be seen yet.
  const isUnderWay = explorer.isLoading && explorer.wall.count.ready === 0
  app.classList.toggle('wall', explorer.viewer.isWorld && !isUnderWay)
  panel.inert = !isPanelOpen
  render(barTemplate(explorer, search), element('wall-bar'))
  labels.update()
  render(
    stageTemplate(
      explorer,
      { zoomBy, togglePanel },
      isPanelOpen,
      html`${films.button}${inside.buttons}${scrubs.button}`,
      inside.readout,
    ),
    element('overlay'),
  )
  // Closed over the wall it is not kept up to date: it has an option for every flag, and the wall flies past in every frame.
  if (isPanelOpen || !explorer.viewer.isWorld)
    render(
      panelTemplate(
        explorer,
        { chooseFile, savePicture, saveNetwork, copy },
        door.section,
        inside.sections,
        solver.section,
      ),
      panel,
    )
  door.draw()
  const name = printableName(explorer.file?.name ?? '')
  const flag = explorer.openFlag
  const tagline = app.querySelector('.tagline') as HTMLElement
  const title = flag ? printableName(flag.name) : name
  if (tagline.textContent !== (title || TAGLINE)) tagline.textContent = title || TAGLINE
  const { selected } = explorer.wall
  const wallLabel = `Wall of ${explorer.wall.flags.length} flags${selected ? `, at ${printableName(selected.name)}` : ''}`
  const insideLabel = `Units of ${name}${explorer.world.selected ? `, at ${explorer.world.selected.name}` : ''}`
  stage.setAttribute('aria-label', explorer.isInside ? insideLabel : name ? `Flag network ${name}` : wallLabel)
  document.title = title ? `${title} – vexel` : 'vexel'
  announceLater()
}

/** Tells a screen reader what has happened at once, and where the view is once it has come to rest. */
function announceLater(): void {
  clearTimeout(announceTimer)
  const { message } = explorer
  if (message !== announcedMessage) {
    announcedMessage = message
    if (message && !message.isError) element('live').textContent = message.text
  }
  announceTimer = window.setTimeout(() => {
    if (explorer.viewer.isWorld) {
      if (element('live').textContent !== explorer.said && !explorer.message)
        element('live').textContent = explorer.said
      return
    }
    const parts = [`zoom ${zoomText(explorer.viewer.view?.zoom ?? 1)}`]
    if (explorer.flatness?.isFlat) parts.push('the picture is one colour at this depth')
    const text = parts.join(', ')
    const live = element('live')
    if (live.textContent !== text && !explorer.message) live.textContent = text
  }, 700)
}

/** Target and difference are moved like the net between them. */
function attachPanes(panes: readonly HTMLElement[]): void {
  for (const pane of panes)
    attachGestures(pane, explorer.viewer, {
      onHover: position => explorer.hover(position),
      onHome: () => explorer.home(),
    })
}

function zoomBy(factor: number): void {
  const { viewer } = explorer
  explorer.stopFlight()
  viewer.move(viewer.camera, { ...viewer.glide, logZoom: viewer.glide.logZoom + Math.log(factor), anchor: [0, 0] })
}

function togglePanel(): void {
  // One of the two has the room.
  if (scrubs.isOpen) scrubs.close()
  isPanelOpen = !isPanelOpen
  requestRender()
}

function openPanel(): void {
  // One of the two has the room.
  if (scrubs.isOpen) scrubs.close()
  isPanelOpen = true
  requestRender()
}

function chooseFile(): void {
  fileInput.value = ''
  fileInput.click()
}

async function savePicture(): Promise<void> {
  await attempt(async () => save(await explorer.pictureFile()))
}

async function saveNetwork(): Promise<void> {
  await attempt(() => save(explorer.networkFile(true)))
}

async function copy(text: string): Promise<void> {
  await attempt(async () => {
    await navigator.clipboard.writeText(text)
    explorer.say('copied')
  })
}

/** Runs what a button does; what goes wrong becomes the page's message. */
async function attempt(action: () => void | Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    explorer.sayError(error)
  }
}

function save(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

fileInput.addEventListener('change', () => {
  const file = fileInput.files?.[0]
  if (file) void door.openAny(file)
})

// A file may be dropped anywhere on the page; nothing dropped may navigate away from it.
let dragDepth = 0
const showDrop = (isShown: boolean) => element('drop').classList.toggle('shown', isShown)
window.addEventListener('dragenter', event => {
  event.preventDefault()
  dragDepth++
  showDrop(true)
})
window.addEventListener('dragleave', () => {
  dragDepth = Math.max(0, dragDepth - 1)
  if (dragDepth === 0) showDrop(false)
})
window.addEventListener('dragover', event => event.preventDefault())
window.addEventListener('drop', event => {
  event.preventDefault()
  dragDepth = 0
  showDrop(false)
  const files = [...(event.dataTransfer?.files ?? [])]
  if (files.length > 0) void door.openDropped(files)
})

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')
const applyMotion = () => {
  explorer.viewer.isInstant = reducedMotion.matches
}
reducedMotion.addEventListener('change', applyMotion)
applyMotion()
isNarrow.addEventListener('change', () => {
  isPanelOpen = !isNarrow.matches && !explorer.viewer.isWorld
  requestRender()
})
requestRender()
