// The page: stage and panel put together, and the browser's events put to work.

import './style.css'
import { html, nothing, render } from 'lit-html'
import { printableName } from '../model/printable.js'
import { Explorer } from './explorer.js'
import { FullScreen } from './full-screen.js'
import { attachGestures } from '../element/gestures.js'
import { panelTemplate } from './panel.js'
import { CompareFeature } from './compare/feature.js'
import { takeDrops } from './drop-zone.js'
import { FilmFeature } from './film/feature.js'
import { filmScripting } from './film/scripting.js'
import { tourHost } from './guide.js'
import { HelpFeature } from './help/feature.js'
import { spokenKeys } from './keys.js'
import { NeuronsFeature } from './neurons/feature.js'
import { LiveRegion } from './live-region.js'
import { neuronScripting } from './neurons/scripting.js'
import { giveFile, networkFile, pictureFile } from './saving.js'
import { installScripting } from './scripting.js'
import { ShareFeature } from './share/feature.js'
import { ScrubFeature } from './scrub/feature.js'
import { scrubScripting } from './scrub/scripting.js'
import { SolveFeature } from './solve/feature.js'
import { flatTemplate, footTemplate, stageTemplate } from './stage.js'
import { FirstLook } from './start/first-look.js'
import { SENTENCE, Welcome } from './start/welcome.js'
import type { CaptionMode } from './terms/captions.js'
import { followTheme } from './theme.js'
import { TourFeature } from './tour/feature.js'
import { TrainingFeature } from './training/feature.js'
import { train } from './training/scripting.js'
import { barTemplate, Search } from './wall/bar.js'
import type { OpenFile } from '../open/open-file.js'
import type { WallFlag } from './wall/flag.js'
import { Labels } from './wall/labels.js'
import { YoursFeature } from './yours/feature.js'

const app = document.querySelector('#app') as HTMLElement
app.innerHTML = `
  <header>
    <h1>vexel</h1>
    <p class="tagline">${SENTENCE}</p>
    <div id="edited"></div>
    <div id="share"></div>
    <div id="training-chip"></div>
    <div id="wall-bar"></div>
    <div id="yours"></div>
  </header>
  <main>
    <div id="net">
    <div id="stage" tabindex="0" role="application" aria-roledescription="zoomable picture" aria-label="Flag"
      aria-describedby="stage-help"><div id="canvas-host"></div><div id="names" aria-hidden="true"></div><div id="marks" aria-hidden="true"></div></div>
    <div id="compare"></div>
    <div id="overlay"></div>
    <div id="notes"><div id="first-look"></div><div id="flat-note"></div><div id="solve-note"></div><div id="worth"></div></div>
    <p id="net-caption" class="caption"></p>
    <p id="stage-help" class="hidden">${spokenKeys(['anywhere', 'wall', 'flag', 'inside'])}</p>
    </div>
    <div id="training"></div>
    <div id="neurons"></div>
    <div id="film"></div>
    <div id="welcome"></div>
    <div id="tour"></div>
    <div id="foot"></div>
  </main>
  <aside id="panel" aria-label="Details"></aside>
  <aside id="scrub" aria-label="Scrub"></aside>
  <div id="live" class="hidden" role="status" aria-live="polite"></div>
  <div id="drop" aria-hidden="true">Drop a network to open it, an image to train it</div>
  <input id="file-input" type="file" multiple class="hidden" tabindex="-1" aria-hidden="true" />
`
const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const stage = element('stage')
const panel = element('panel')
const fileInput = element<HTMLInputElement>('file-input')
const coarse = matchMedia('(pointer: coarse)')
/** Half a finger, CSS pixels. */
const FINGER_PX = 22
const isNarrow = matchMedia('(max-width: 760px)')

// Over the wall the panel has little to say.
const isFileLinked = /[#&](?:file|yours|net)=/.test(location.hash)
let isPanelOpen = !isNarrow.matches && isFileLinked
let renderRequest = 0
/** The frame in which the layout of what was rendered last is known. */
let layoutRequest = 0

const explorer = new Explorer(element('canvas-host'), giveFile)
explorer.changed.subscribe(requestRender)
const { viewer, opened, places, wall, messages, probe } = explorer
const films = new FilmFeature(explorer, element('film'), stage)
const scrubs = new ScrubFeature(
  explorer,
  element('scrub'),
  element('edited'),
  stage,
  () => {
    isPanelOpen = false
  },
  () => void compare.toggleOriginal(),
)
const units = new NeuronsFeature(explorer, element('neurons'), element('marks'), element('worth'), stage, {
  openPanel,
  surgery: {
    get current() {
      return scrubs.session
    },
    begin: () => scrubs.open(),
  },
})
const solver = new SolveFeature(explorer, element('solve-note'), openPanel)
const training = new TrainingFeature(
  explorer,
  { workspace: element('training'), netCaption: element('net-caption'), chip: element('training-chip') },
  {
    chooseFile: () => chooseFile('image/*'),
    open: file => explorer.files.tryOpen(file),
    join: files => explorer.files.join(files),
    openNet: (file, key, isFollowed) =>
      isFollowed ? explorer.files.load(file, null, key) : explorer.files.open(file, key),
    keep: file => explorer.files.keep(file),
    // Its parameters are not to be scrubbed, and the panel would leave a small page no room.
    // Not only while it is open: the panel of the net before would come back with this one.
    onLoad: () => scrubs.close(),
    onPane: attachPane,
  },
)
const compare = new CompareFeature(explorer, element('compare'), stage, {
  target: () => training.targetPane,
  openPanel,
})
const yours = new YoursFeature(explorer, element('yours'), (file, key) => explorer.files.open(file, key))
const share = new ShareFeature(explorer, element('share'), films)
explorer.connect(
  [films, scrubs, units, compare],
  [training, yours],
  async ({ film }) => {
    // A film's own file is played.
    if (film) await films.restore({ film: null, strip: false })
  },
  flags => void solver.solveHung(flags),
)
installScripting(
  explorer,
  explorer.start(),
  (source, options) => train(training, source, options),
  filmScripting(explorer, films),
  scrubScripting(opened, scrubs),
  neuronScripting(explorer, units),
  () => solver.solve(),
  rendered,
)
const fullScreen = new FullScreen(app, () => viewer.isWorld)
const waysIn = {
  openNetwork: () => chooseFile(),
  trainPicture: () => void training.choosePicture(),
  showTour: () => {
    welcome.close()
    void tour.show()
  },
}
const welcome = new Welcome(waysIn, requestRender)
const firstLook = new FirstLook(requestRender)
const tour = new TourFeature(messages, element('tour'), tourHost(explorer, films, units, training))
const help = new HelpFeature(app, messages, SENTENCE, { ...waysIn, toggleFullScreen: () => void fullScreen.toggle() })
const labels = new Labels(element('names'), viewer, () => places.current)
const search = new Search(explorer)
const live = new LiveRegion(explorer, element('live'))
attachGestures(stage, viewer, {
  onHover: position => {
    probe.pointer = position
  },
  onHome: () => places.home(),
  isPrimary: true,
  onStep: direction => void places.movement.step(direction),
  onEnter: () => {
    const { selected } = places.current
    if (!selected) return
    if (places.isUnits) units.pick(selected)
    else void places.flyInto(selected)
  },
  onEscape: () => {
    // What lies over the picture goes first: whoever wants it away does not want to leave the flag.
    if (scrubs.isOpen) scrubs.close()
    else if (!opened.isTraining || places.isUnits) places.back()
  },
  onLetter: letter => {
    if (places.isUnits) {
      units.onLetter(letter)
      return
    }
    const field = element<HTMLInputElement>('wall-search')
    field.focus()
    // At once: the next letter comes before the next frame.
    field.value = letter
    search.type(letter)
  },
  onPoint: () => units.pickPoint(),
  onHint: line => messages.say(line),
  onTap: pixel => {
    const spot = places.movement.spotUnder(pixel, coarse.matches ? FINGER_PX * viewer.pixelRatio : 0)
    if (!spot) return
    if (places.isUnits) units.pick(spot, pixel)
    else void places.flyInto(spot)
  },
})

// On a phone that stands a panel covers half of the picture: what was opened over another one goes with that.
const isStanding = matchMedia('(max-width: 760px) and (orientation: portrait)')
let before: OpenFile | null = null
opened.changed.subscribe(() => {
  const { file } = opened
  const isSame = file?.key === before?.key || file?.stateDict === before?.stateDict
  before = file
  if (isSame || !isStanding.matches) return
  isPanelOpen = false
  scrubs.close()
})

for (const type of ['focus', 'blur'])
  stage.addEventListener(type, () => {
    probe.isStageFocused = type === 'focus' && stage.matches(':focus-visible')
  })

function requestRender(): void {
  if (renderRequest !== 0) return
  renderRequest = requestAnimationFrame(() => {
    renderRequest = 0
    // What is looked at for the first time is noted here: rendering changes nothing.
    firstLook.follow(lookedAt())
    renderPage()
  })
}

/** Resolves when all that was asked for is rendered, and whoever observes sizes has been told. */
function rendered(): Promise<void> {
  if (renderRequest === 0 && layoutRequest === 0) return Promise.resolve()
  // One frame renders; in the next one the layout of that is known.
  return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
}

function renderPage(): void {
  cancelAnimationFrame(layoutRequest)
  layoutRequest = requestAnimationFrame(() => {
    layoutRequest = 0
  })
  app.classList.toggle('panel-open', isPanelOpen)
  app.classList.toggle('training', training.render())
  app.classList.toggle('film', films.render())
  app.classList.toggle('scrub-open', scrubs.render())
  app.classList.toggle('neurons', units.render())
  solver.render()
  compare.render()
  yours.render()
  share.render()
  // On the way to the flag that a link names there is no wall to be seen yet.
  const isUnderWay = opened.isLoading && wall.count.ready === 0
  app.classList.toggle('wall', viewer.isWorld && !isUnderWay)
  panel.inert = !isPanelOpen
  render(barTemplate(explorer, search), element('wall-bar'))
  labels.update()
  const hovered = places.isWall ? hoveredFlag() : null
  stage.classList.toggle('over', hovered !== null)
  render(stageTemplate(explorer, hovered), element('overlay'))
  render(flatTemplate(explorer), element('flat-note'))
  render(firstLook.caption, element('first-look'))
  const { isWall } = places
  render(isWall && !isUnderWay && !tour.isOn ? welcome.card : nothing, element('welcome'))
  const looked = hovered ?? (probe.isStageFocused ? wall.selected : null)
  render(
    footTemplate(explorer, { zoomBy, togglePanel }, isPanelOpen, {
      more: html`${films.button}${units.buttons}${scrubs.button}`,
      readout: isWall && looked ? html`<span class="probe">${wall.describe(looked)}</span>` : units.readout,
      ways: isWall ? welcome.buttons : nothing,
      help: help.button,
    }),
    element('foot'),
  )
  // Closed over the wall it is not kept up to date: it has an option for every flag, and the wall flies past in every frame.
  if (isPanelOpen || !viewer.isWorld)
    render(
      panelTemplate(
        explorer,
        { chooseFile: () => chooseFile(), savePicture, saveNetwork, copy },
        training.section,
        units.sections,
        html`${solver.section}${compare.section}`,
      ),
      panel,
    )
  training.draw()
  const name = printableName(opened.file?.name ?? '')
  const flag = places.openFlag
  const tagline = app.querySelector('.tagline') as HTMLElement
  const title = flag ? printableName(flag.name) : name
  if (tagline.textContent !== (title || SENTENCE)) tagline.textContent = title || SENTENCE
  const { selected } = wall
  const wallLabel = `Wall of ${wall.flags.length} flags${selected ? `, at ${printableName(selected.name)}` : ''}`
  const insideLabel = `Units of ${name}${places.current.selected ? `, at ${places.current.selected.name}` : ''}`
  stage.setAttribute('aria-label', places.isUnits ? insideLabel : name ? `Flag network ${name}` : wallLabel)
  document.title = title ? `${title} – vexel` : 'vexel'
  live.update()
}

/** What is looked at, where a line may tell of it. */
function lookedAt(): CaptionMode | null {
  if (tour.isOn || places.isWall) return null
  if (places.isUnits) return 'units'
  if (opened.isTraining) return 'training'
  if (films.session) return films.session.isStrip ? 'strip' : 'film'
  // Beside a line there is its own caption.
  if (compare.isOn) return null
  return scrubs.isOpen ? 'parameters' : 'flag'
}

/** Target and difference are moved like the net between them. */
function attachPane(pane: HTMLElement): void {
  attachGestures(pane, viewer, {
    onHover: position => {
      probe.pointer = position
    },
    onHome: () => places.home(),
  })
}

function zoomBy(factor: number): void {
  const { navigator } = viewer
  navigator.stop()
  navigator.move(viewer.camera, {
    ...navigator.glide,
    logZoom: navigator.glide.logZoom + Math.log(factor),
    anchor: [0, 0],
  })
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

/** The flag of the wall that the pointer is over, unless the wall flies past it. */
function hoveredFlag(): WallFlag | null {
  const { pixel } = probe
  return pixel && !viewer.navigator.isFlying ? (places.movement.spotUnder(pixel) as WallFlag | null) : null
}

/** @param accept what kinds of file are offered; '' for all */
function chooseFile(accept = ''): void {
  fileInput.accept = accept
  fileInput.value = ''
  fileInput.click()
}

async function savePicture(): Promise<void> {
  await messages.attempt(async () => giveFile(await pictureFile(viewer, opened)))
}

async function saveNetwork(): Promise<void> {
  await messages.attempt(() => giveFile(networkFile(opened, true)))
}

async function copy(text: string): Promise<void> {
  await messages.attempt(async () => {
    await navigator.clipboard.writeText(text)
    messages.say('copied')
  })
}

fileInput.addEventListener('change', () => {
  const files = [...(fileInput.files ?? [])]
  if (files.length > 0) void training.openDropped(files)
})

takeDrops(element('drop'), files => void training.openDropped(files))

followTheme(viewer.lifecycle.background, () => viewer.loop.requestFrame())

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')
const applyMotion = () => {
  viewer.navigator.isInstant = reducedMotion.matches
}
reducedMotion.addEventListener('change', applyMotion)
applyMotion()
isNarrow.addEventListener('change', () => {
  isPanelOpen = !isNarrow.matches && !viewer.isWorld
  requestRender()
})
// At once: the picture is measured when it has the room that the rows around it leave.
renderPage()
