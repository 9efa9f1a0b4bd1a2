import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { contentPolicy, policyInPage } from './build/content-policy.ts';
import { offline } from './build/offline.ts';
import { wasmFiles } from './build/wasm-files.ts';

export default defineConfig({
  // Any static host, in any folder.
  base: './',
  plugins: [svelte(), policyInPage(), wasmFiles(), offline()],
  resolve: { dedupe: ['@tensorflow/tfjs-core', 'h5wasm'] },
  worker: { format: 'es' },
  // A worker takes its policy from its own answer, not from the page.
  preview: { headers: { 'Content-Security-Policy': contentPolicy } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
  },
});
