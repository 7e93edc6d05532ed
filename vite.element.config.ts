import { defineConfig } from 'vite'
import { assemblyscript } from './vite-assemblyscript.js'
import { bareShaders } from './vite-bare-shaders.js'
import { instead, OVER_WHITE } from './vite-flag-page.js'

// <vexel-flag>: one module that a plain page loads as it is, all it needs within; what draws without a GPU, edits and films are fetched by it
// when they are needed, from beside it.
export default defineConfig({
  base: './',
  plugins: [instead(OVER_WHITE), assemblyscript(), bareShaders()],
  worker: { format: 'es', plugins: () => [instead(OVER_WHITE), assemblyscript()] },
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'lib/element',
    modulePreload: false,
    rollupOptions: {
      input: { element: 'src/element/index.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
})
