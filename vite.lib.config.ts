import { defineConfig } from 'vite'
import { assemblyscript } from './vite-assemblyscript.js'
import { instead, OVER_WHITE } from './vite-flag-page.js'

// The library and the command line: dependencies stay imports, shaders become strings, and nets are seen over white.
export default defineConfig({
  plugins: [instead(OVER_WHITE), assemblyscript()],
  publicDir: false,
  // What Node can load of gifenc has no named exports, and the other form Node cannot load; of pbf only the writer is wanted.
  ssr: { noExternal: ['gifenc', 'pbf'] },
  build: {
    ssr: true,
    target: 'es2022',
    outDir: 'lib',
    minify: false,
    rollupOptions: {
      input: {
        index: 'src/index.ts',
        gpu: 'src/gpu/index.ts',
        train: 'src/train/index.ts',
        solve: 'src/solve/index.ts',
        cli: 'src/cli/start.ts',
        // The command line as a function, which the tests call.
        vexel: 'src/cli/vexel.ts',
        'train-worker': 'src/cli/train/train-worker.ts',
        'render-worker': 'src/cli/render/render-worker.ts',
        'movie-worker': 'src/cli/movie/movie-worker.ts',
        'collage-worker': 'src/cli/collage/collage-worker.ts',
      },
      // Side by side: a module finds a worker and dist/ from its own place, whichever of the files it is built into.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
