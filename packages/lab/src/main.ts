import '@picocss/pico/css/pico.min.css';
import './app.css';
import './controls.css';
import './figures.css';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.getElementById('app')! });

// Offline from the second visit on; where the browser keeps no service worker, the lab works all the same.
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  navigator.serviceWorker.register('./service-worker.js').catch(() => undefined);
