// The page: stage and panel put together, and the browser's events put to work.

import './style.css'
import { render } from 'lit-html'
import { zoomText } from './figures.js'
import { Explorer } from './explorer.js'
import { attachGestures } from './gestures.js'
import { panelTemplate } from './panel.js'
import { installScripting } from './scripting.js'
import { stageTemplate } from './stage.js'
import { TrainingDoor } from './training/door.js'
import { train } from './training/scripting.js'

const app = document.querySelector('#app') as HTMLElement
app.innerHTML = `
  <header>
    <h1>vexel</h1>
    <p class="tagline">A flag that is a neural network</p>
  </header>
  <main>
    <div id="net">
    <div id="stage" tabindex="0" role="application" aria-roledescription="zoomable picture" aria-label="Flag"
      aria-describedby="stage-help"><div id="canvas-host"></div></div>
    <div id="overlay"></div>
    <p id="net-caption" class="caption"></p>
    <p id="stage-help" class="hidden">Arrow keys move, plus and minus zoom, 0 shows the whole flag.</p>
    </div>
    <div id="training"></div>
  </main>
  <aside id="panel" aria-label="Details"></aside>
  <div id="live" class="hidden" role="status" aria-live="polite"></div>
  <div id="drop" aria-hidden="true">Drop a network to open it, an image to train it</div>
  <input id="file-input" type="file" class="hidden" tabindex="-1" aria-hidden="true" />
`
const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const stage = element('stage')
const panel = element('panel')
const fileInput = element<HTMLInputElement>('file-input')
const isNarrow = matchMedia('(max-width: 760px)')

let isPanelOpen = !isNarrow.matches
let renderRequest = 0
let announceTimer = 0
let announcedMessage: Explorer['message'] = null

const explorer = new Explorer(element('canvas-host'), requestRender)
const door = new TrainingDoor(
  explorer,
  { workspace: element('training'), netCaption: element('net-caption') },
  { chooseFile, save, requestRender, onPanes: attachPanes },
)
installScripting(explorer, explorer.start(), (source, options) => train(door, source, options))
attachGestures(stage, explorer.viewer, {
  onHover: position => explorer.hover(position),
  onHome: () => explorer.home(),
})

for (const type of ['focus', 'blur'])
  stage.addEventListener(type, () => explorer.focusStage(type === 'focus' && stage.matches(':focus-visible')))

function requestRender(): void {
  if (renderRequest === 0) renderRequest = requestAnimationFrame(renderPage)
}

function renderPage(): void {
  renderRequest = 0
  app.classList.toggle('panel-open', isPanelOpen)
  app.classList.toggle('training', door.render())
  panel.inert = !isPanelOpen
  render(stageTemplate(explorer, { zoomBy, togglePanel }, isPanelOpen), element('overlay'))
  render(panelTemplate(explorer, { chooseFile, savePicture, saveNetwork, copy }, door.section), panel)
  door.draw()
  const name = explorer.file?.name ?? ''
  stage.setAttribute('aria-label', name ? `Flag network ${name}` : 'Flag')
  document.title = name ? `${name} – vexel` : 'vexel'
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
  viewer.move(viewer.camera, { ...viewer.glide, logZoom: viewer.glide.logZoom + Math.log(factor), anchor: [0, 0] })
}

function togglePanel(): void {
  isPanelOpen = !isPanelOpen
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
  await attempt(() => save(explorer.networkFile()))
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
  const file = event.dataTransfer?.files[0]
  if (file) void door.openAny(file)
})

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')
const applyMotion = () => {
  explorer.viewer.isInstant = reducedMotion.matches
}
reducedMotion.addEventListener('change', applyMotion)
applyMotion()
isNarrow.addEventListener('change', () => {
  isPanelOpen = !isNarrow.matches
  requestRender()
})
requestRender()
