import { defineConfig } from 'vitest/config'
import { assemblyscript } from './vite-assemblyscript.js'

export default defineConfig({
  plugins: [assemblyscript()],
  test: {
    include: ['tests/**/*.test.ts'],
    // Finds (or installs) the browser, names its GL renderer, builds and serves what is tested.
    globalSetup: 'tests/browser/global-setup.ts',
    // Generous limits against hanging: software GL on a loaded machine is slow, and nothing here is a timing.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Modules keep nothing but what can be had again (what is compiled, what is read): files of tests share them. Each for itself costs a minute.
    isolate: false,
    // As in vite.lib.config.ts. The built command line is loaded as Node loads it.
    server: { deps: { inline: ['gifenc'], external: [/\/lib\/[\w-]+\.js$/] } },
  },
})
