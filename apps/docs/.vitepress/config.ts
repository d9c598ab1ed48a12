import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const sidebarFile = fileURLToPath(new URL('../api/typedoc-sidebar.json', import.meta.url));
const api = existsSync(sidebarFile) ? JSON.parse(readFileSync(sidebarFile, 'utf8')) : [];

export default defineConfig({
  title: 'Espalier',
  description: 'Modular deep learning for TypeScript',
  lastUpdated: false,
  // The front page of the API is merged into its index.
  srcExclude: ['apiFront.md'],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Start here', link: '/start' },
      { text: 'Guides', link: '/own-data' },
      { text: 'Tutorials', link: '/tutorials/mnist' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Start here', link: '/start' },
          { text: 'Your own data', link: '/own-data' },
          { text: 'Layers', link: '/layers' },
          { text: 'Losses, metrics, callbacks', link: '/training' },
          { text: 'Optimizers and schedules', link: '/schedules' },
          { text: 'Saving and loading', link: '/saving' },
          { text: 'Checkpoints and resuming', link: '/checkpoints' },
          { text: 'Browsers, bundlers, threads', link: '/browser' },
          { text: 'Errors', link: '/errors' },
          { text: 'The command line', link: '/command-line' },
        ],
      },
      {
        text: 'Coming from',
        items: [
          { text: 'Keras', link: '/from-keras' },
          { text: 'TensorFlow.js', link: '/from-tfjs' },
        ],
      },
      {
        text: 'Tutorials',
        items: [
          { text: 'Handwritten digits', link: '/tutorials/mnist' },
          { text: 'Three sentences', link: '/tutorials/sentences' },
        ],
      },
      {
        text: 'How good is it',
        items: [
          { text: 'Benchmarks', link: '/benchmarks' },
          { text: 'Gradients', link: '/gradients' },
          { text: 'Numbers', link: '/numbers' },
        ],
      },
      { text: 'API', collapsed: true, link: '/api/', items: api },
    ],
  },
});
