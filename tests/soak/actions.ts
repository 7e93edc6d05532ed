// What a restless person does in the page: each a few inputs or calls, chosen and made with seeded random numbers. An action
// must be possible wherever the ones before it have led; it waits for what it began, but not for the picture.

import type { Page } from 'puppeteer-core'
import type { TrainHandle } from '../../src/app/training/scripting.js'
import type { SplitMix64 } from '../../src/train/random.js'

export interface Action {
  readonly name: string
  /** How often it is chosen, against the others. */
  readonly weight: number
  /** Whether everything is built anew then: after it nobody sees what was held too long. */
  readonly isRenewal?: boolean
  run(page: Page, random: Dice): Promise<void>
}

/** Seeded choices. */
export class Dice {
  constructor(private readonly random: SplitMix64) {}

  /** A whole number from 0 below `count`. */
  below(count: number): number {
    return Math.floor(this.random.uniform() * count)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.random.uniform()
  }

  oneOf<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }
}

/** The viewport at the start and at every rest, CSS pixels. */
export const VIEWPORT = { width: 800, height: 600 }

const CODES = ['my', 'jp', 'us', 'np', 'br', 'za', 'kr', 'gb', 'pl', 'de', 'ch', 'mx']
const IMAGE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 4"><path fill="#c33" d="M0 0h6v4H0z"/><circle cx="3" cy="2" r="1" fill="#fe4"/></svg>`
const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', '+', '-', '0', 'Escape', 'PageUp', 'Home'] as const

declare global {
  interface Window {
    /** What the actions need in the page. */
    soak: {
      /** Whether a file is open. */
      readonly isOpen: boolean
      /** The last training. */
      run: TrainHandle | null
      /** Closes whatever is open and flies to where the whole wall is seen. */
      rest(): Promise<void>
    }
  }
}

/** Runs in the page before anything of it. */
export function installSoak(): void {
  window.soak = {
    run: null,
    get isOpen() {
      try {
        return Boolean(window.vexel.frame)
      } catch {
        return false
      }
    },
    async rest() {
      const { vexel } = window
      try {
        await this.run?.end()
      } catch {
        // Left in another way it has ended already.
      }
      this.run = null
      if (vexel.edits.isShown) await vexel.edits.show(false)
      await vexel.wall.home()
      location.hash = '#samples=1'
      await new Promise(resolve => setTimeout(resolve, 300))
      await vexel.settled()
    },
  }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** A point of the picture. */
async function somewhere(page: Page, dice: Dice): Promise<[x: number, y: number]> {
  const box = await page.$eval('#stage', stage => stage.getBoundingClientRect().toJSON() as DOMRect)
  return [box.x + box.width * dice.between(0.1, 0.9), box.y + box.height * dice.between(0.1, 0.9)]
}

const ACTIONS: readonly Action[] = [
  {
    name: 'fly to a flag',
    weight: 4,
    run: (page, dice) => page.evaluate(code => window.vexel.wall.fly(code), dice.oneOf(CODES)),
  },
  {
    name: 'open a file',
    weight: 2,
    run: (page, dice) => page.evaluate(code => window.vexel.open(`flags/${code}.safetensors`), dice.oneOf(CODES)),
  },
  {
    name: 'open bytes',
    weight: 2,
    run: (page, dice) =>
      page.evaluate(async code => {
        const response = await fetch(`flags/${code}.safetensors`)
        await window.vexel.open(await response.blob())
      }, dice.oneOf(CODES)),
  },
  {
    name: 'follow a link',
    weight: 2,
    async run(page, dice) {
      const code = dice.oneOf(CODES)
      const links = [`#wall=${code}&zoom=0.5`, '#sort=hue', '#sort=name', `#file=flags/${code}.safetensors&zoom=8`]
      await page.evaluate(hash => {
        location.hash = hash
      }, dice.oneOf(links))
      await pause(300)
    },
  },
  {
    name: 'turn the wheel',
    weight: 4,
    async run(page, dice) {
      await page.mouse.move(...(await somewhere(page, dice)))
      const deltaY = dice.oneOf([-240, -120, 120, 240])
      for (let notch = dice.below(8); notch >= 0; notch--) await page.mouse.wheel({ deltaY })
    },
  },
  {
    name: 'drag',
    weight: 3,
    async run(page, dice) {
      await page.mouse.move(...(await somewhere(page, dice)))
      await page.mouse.down()
      await page.mouse.move(...(await somewhere(page, dice)), { steps: 4 })
      await page.mouse.up()
    },
  },
  {
    name: 'press keys',
    weight: 3,
    async run(page, dice) {
      await page.focus('#stage')
      for (let i = dice.below(6); i >= 0; i--) await page.keyboard.press(dice.oneOf(KEYS))
    },
  },
  {
    name: 'zoom far in',
    weight: 1,
    run: (page, dice) =>
      page.evaluate(
        view => {
          if (window.soak.isOpen) window.vexel.camera = view
        },
        { x: dice.between(-1, 1), y: dice.between(-1, 1), zoom: 10 ** dice.between(-1, 7) },
      ),
  },
  {
    name: 'edit and undo',
    weight: 4,
    run: (page, dice) =>
      page.evaluate(
        async ({ isShown, isUndone, at, value }) => {
          const { vexel, soak } = window
          if (!soak.isOpen || vexel.film.isOpen) return
          await vexel.edits.start()
          await vexel.edits.show(isShown)
          for (const unit of at) vexel.edits.set('dense3.weight', [unit, unit], value)
          if (!isUndone) return
          while (vexel.edits.canUndo) vexel.edits.undo()
          if (vexel.edits.canRedo) vexel.edits.redo()
        },
        {
          isShown: dice.below(2) === 0,
          isUndone: dice.below(2) === 0,
          at: Array.from({ length: 8 }, () => dice.below(32)),
          value: dice.between(-1, 1),
        },
      ),
  },
  {
    name: 'see the film',
    weight: 4,
    run: (page, dice) =>
      page.evaluate(
        async ({ position, isStrip, isLeft }) => {
          const { film } = window.vexel
          if (!film.isOffered) return
          await film.open()
          film.position = position
          await film.play()
          await new Promise(resolve => setTimeout(resolve, 400))
          if (!film.isOpen) return
          film.pause()
          if (isStrip) await film.showStrip()
          if (isLeft) await film.close()
        },
        { position: dice.between(0, 1), isStrip: dice.below(2) === 0, isLeft: dice.below(3) === 0 },
      ),
  },
  {
    name: 'look inside',
    weight: 4,
    run: (page, dice) =>
      page.evaluate(
        async ({ stage, unit, isLeft }) => {
          const { vexel, soak } = window
          if (!soak.isOpen || vexel.film.isOpen) return
          await vexel.neurons.open({ stage })
          await vexel.neurons.silence(unit)
          await vexel.neurons.fly(unit)
          vexel.neurons.point = { x: 0.2, y: -0.1 }
          if (isLeft) await vexel.neurons.close()
        },
        {
          stage: dice.oneOf(['pre', 'post', 'norm'] as const),
          unit: { layer: 1 + dice.below(6), unit: dice.below(32) },
          isLeft: dice.below(2) === 0,
        },
      ),
  },
  {
    name: 'solve',
    weight: 1,
    run: page =>
      page.evaluate(async () => {
        if (window.soak.isOpen) await window.vexel.solve()
      }),
  },
  {
    name: 'train',
    weight: 2,
    run: (page, dice) =>
      page.evaluate(
        async (svg, seed, isEnded) => {
          const options = { steps: 8, width: 48, detail: 48, batch: 512, threads: 2, seed, frames: 3 }
          const run = await window.vexel.train(new Blob([svg], { type: 'image/svg+xml' }), options)
          window.soak.run = run
          await run.done
          if (isEnded) await run.end()
        },
        IMAGE,
        1 + dice.below(9),
        dice.below(2) === 0,
      ),
  },
  {
    name: 'go back or forward',
    weight: 3,
    async run(page, dice) {
      await page.evaluate(
        isBack => {
          // Never out of the page. TypeScript does not know it yet.
          const { navigation } = window as unknown as { navigation: { canGoBack: boolean; canGoForward: boolean } }
          if (isBack ? navigation.canGoBack : navigation.canGoForward) history.go(isBack ? -1 : 1)
        },
        dice.below(3) > 0,
      )
      await pause(300)
    },
  },
  {
    name: 'resize',
    weight: 2,
    run: (page, dice) =>
      page.setViewport({
        width: Math.round(dice.between(320, 1000)),
        height: Math.round(dice.between(320, 700)),
        deviceScaleFactor: dice.oneOf([1, 1, 1.5]),
      }),
  },
  {
    name: 'lose the context',
    weight: 1,
    isRenewal: true,
    run: page =>
      page.evaluate(async () => {
        // Null where the CPU draws.
        const gl = document.querySelector<HTMLCanvasElement>('canvas.picture')?.getContext('webgl2')
        const loss = gl?.getExtension('WEBGL_lose_context')
        if (!loss) return
        loss.loseContext()
        await new Promise(resolve => setTimeout(resolve, 100))
        loss.restoreContext()
      }),
  },
]

/** Draws the next action. @param isRenewed whether it may be one after which everything is built anew */
export function chooseAction(dice: Dice, isRenewed: boolean): Action {
  const actions = ACTIONS.filter(({ isRenewal = false }) => isRenewed || !isRenewal)
  const total = actions.reduce((sum, { weight }) => sum + weight, 0)
  let left = dice.between(0, total)
  return actions.find(({ weight }) => (left -= weight) < 0) ?? actions[0]
}
