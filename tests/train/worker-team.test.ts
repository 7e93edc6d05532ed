// Teams in worker threads, of the built library, and how replicas hand each other their gradients.

import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { UnsupportedError } from '../../src/model/errors.js'
import { createExchange, createLinks } from '../../src/train/exchange.js'
import { LocalTeam } from '../../src/train/team.js'
import { initialState, planOf, type StartTeam } from '../../src/train/trainer.js'
import type { WorkerReply } from '../../src/train/worker.js'
import { type WorkerPort, WorkerTeam } from '../../src/train/worker-team.js'
import { plainTarget } from '../../src/train/target.js'
import { createRandom } from '../model/network-files.js'
import { discImage, outcomeOf, runToEnd, SMALL_NET, smallSettings, startSmall } from './run-fixture.js'

const WORKER_URL = new URL('../../lib/train-worker.js', import.meta.url)

/** Every worker of a test; none may be left behind. */
const workers: Worker[] = []
const ended = new WeakSet<Worker>()

function spawn(): WorkerPort {
  const worker = new Worker(WORKER_URL)
  workers.push(worker)
  worker.on('exit', () => ended.add(worker))
  return {
    post: (request, transfer) => worker.postMessage(request, transfer as never[]),
    listen(receive, fail) {
      worker.on('message', (reply: WorkerReply) => receive(reply))
      worker.on('error', fail)
      worker.on('exit', () => fail(new UnsupportedError('gone')))
    },
    terminate: async () => void (await worker.terminate()),
  }
}

afterEach(() => {
  const left = workers.splice(0).filter(worker => !ended.has(worker))
  expect(left).toHaveLength(0)
})

const threads =
  (isShared: boolean): StartTeam =>
  (plan, state) =>
    WorkerTeam.start(plan, state, spawn, isShared)

describe.each([
  ['in shared memory', true],
  ['by messages', false],
])('a team of threads that hand over their gradients %s', (_, isShared) => {
  test.each([1, 2, 3, 4])('%i of them: trains as replicas in one thread do, bit for bit', async count => {
    const settings = smallSettings({ threads: count, frames: 5, steps: 90 })
    const trainer = await runToEnd(await startSmall(settings, undefined, discImage(), threads(isShared)), 37)
    expect(trainer.sizeBytes).toBeGreaterThanOrEqual(count * 2 ** 16)
    const expected = await runToEnd(await startSmall(settings))
    expect(await outcomeOf(trainer)).toEqual(await outcomeOf(expected))
    expect(await trainer.tensors()).toEqual(await expected.tensors())
    await trainer.dispose()
  })

  test('goes on from a state of replicas in one thread', async () => {
    const settings = smallSettings({ threads: 2, steps: 50 })
    const local = await startSmall(settings)
    await local.advance(9)
    const trainer = await runToEnd(await startSmall(settings, await local.state(), discImage(), threads(isShared)))
    expect(await outcomeOf(trainer)).toEqual(await outcomeOf(await runToEnd(local)))
    await trainer.dispose()
  })

  const startTeam = async (count: number, change: (tensors: ReadonlyMap<string, Float32Array>) => void = () => {}) => {
    const settings = smallSettings({ threads: count })
    const { replicas, schedule } = initialState(SMALL_NET, settings)
    change(replicas.tensors)
    const plan = planOf(SMALL_NET, settings, plainTarget(discImage()))
    return { team: await threads(isShared)(plan, replicas), replicas, schedule }
  }

  test('goes back to a state, and trains on from it', async () => {
    const { team, replicas, schedule } = await startTeam(2)
    const first = await team.run(schedule, 0, 20)
    await team.restore(replicas)
    expect(await team.run(schedule, 0, 20)).toEqual(first)
    await team.dispose()
  })

  test('stops together when the loss is no number any more', async () => {
    const { team, schedule } = await startTeam(3, tensors => (tensors.get('dense_head.bias')![0] = Number.NaN))
    expect(await team.run(schedule, 0, 20)).toEqual({ losses: new Float32Array(0), diverged: true })
    expect(await team.run(schedule, 0, 20)).toEqual({ losses: new Float32Array(0), diverged: true })
    await team.dispose()
  })

  // Far more steps than can be done before the end.
  const ENDLESS = 1_000_000

  test('of which one dies rejects what it was asked for, and everything after that', async () => {
    const { team, schedule } = await startTeam(3)
    const outcome = team.run(schedule, 0, ENDLESS).catch((error: unknown) => error)
    void workers[1].terminate()
    expect(await outcome).toBeInstanceOf(UnsupportedError)
    await expect(team.run(schedule, 0, 1)).rejects.toThrow('gone')
    // The others wait for the dead one, and must not keep the process alive.
    await team.dispose()
  })

  test('that is disposed of in the middle rejects what it was asked for', async () => {
    const { team, schedule } = await startTeam(2)
    const outcome = team.run(schedule, 0, ENDLESS).catch((error: Error) => error.message)
    await team.dispose()
    expect(await outcome).toBe('the training was disposed of')
  })
})

test('a batch that no memory holds is refused, and no thread is left behind', async () => {
  const plan = planOf(MYSTERY_NET, smallSettings({ batch: 2 ** 20 }), plainTarget(discImage()))
  // 256 units, two floats each, for a million pixels: two gigabytes.
  await expect(threads(true)(plan, initialState(MYSTERY_NET, smallSettings()).replicas)).rejects.toThrow(
    /^a batch of 1048576 pixels needs \d+ MB: too much$/,
  )
})

test('a worker that is asked before it is started says so', async () => {
  const port = spawn()
  const reply = await new Promise<WorkerReply>((resolve, reject) => {
    port.listen(resolve, reject)
    port.post({ kind: 'tensors' }, [])
  })
  expect(reply).toEqual({ ok: false, name: 'Error', message: 'a training worker was asked before it was started' })
  await port.terminate()
})

describe('the exchange by messages', () => {
  test('gives every replica all vectors in the order of the team, however late one is', async () => {
    const count = 3
    const exchanges = createLinks(count, 8, false).map(createExchange)
    const random = createRandom(1)
    const rounds = 20
    const vector = (index: number, round: number) =>
      Float32Array.from({ length: 8 }, (_, i) => 100 * round + 10 * index + i / 8)
    const seen = await Promise.all(
      exchanges.map(async (exchange, index) => {
        const gathered: (readonly Float32Array[])[] = []
        const own = new Float32Array(8)
        for (let round = 0; round < rounds; round++) {
          if (random() < 0.4) await new Promise(resolve => setTimeout(resolve, random() * 4))
          // The kernel's own memory, written again every step.
          own.set(vector(index, round))
          gathered.push((await exchange.gather(own)).map(values => values.slice()))
        }
        return gathered
      }),
    )
    for (const gathered of seen)
      gathered.forEach((vectors, round) =>
        expect(vectors).toEqual(Array.from({ length: count }, (_, index) => vector(index, round))),
      )
  })
})

test('replicas in this thread and a team of one share their state with nobody', async () => {
  const settings = smallSettings()
  const { replicas, schedule } = initialState(SMALL_NET, settings)
  const plan = planOf(SMALL_NET, settings, plainTarget(discImage()))
  const team = new LocalTeam(plan, replicas)
  const state = await team.state(0)
  const copy = structuredClone(state)
  await team.run(schedule, 0, 5)
  expect(state).toEqual(copy)
})
