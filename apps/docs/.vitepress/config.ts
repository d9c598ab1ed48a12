import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const sidebarFile = fileURLToPath(new URL('../api/typedoc-sidebar.json', import.meta.url));
const api = existsSync(sidebarFile) ? JSON.parse(readFileSync(sidebarFile, 'utf8')) : [];

export default defineConfig({
  title: 'Espalier',
  description: 'Modular deep learning for TypeScript',
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Start here', link: '/start' },
      { text: 'Tutorials', link: '/tutorials/mnist' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Start here', link: '/start' },
          { text: 'Layers', link: '/layers' },
          { text: 'The command line', link: '/command-line' },
          { text: 'Save, resume, reproduce', link: '/checkpoints' },
          { text: 'Benchmarks', link: '/benchmarks' },
          { text: 'Gradients', link: '/gradients' },
        ],
      },
      {
        text: 'Tutorials',
        items: [
          { text: 'Handwritten digits', link: '/tutorials/mnist' },
          { text: 'Three sentences', link: '/tutorials/sentences' },
        ],
      },
      { text: 'API', collapsed: true, items: api },
    ],
  },
});
