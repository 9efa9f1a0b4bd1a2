/** The style of the parts. Colours can be set by the page: `--ink`, `--muted`, `--rule`, `--mesh`, `--raised`, `--accent`. */
export const partsStyle: string = `
:where(:root, :host) {
  --muted: light-dark(#566072, #a3adbd);
  --rule: light-dark(#dde1e8, #303947);
  --mesh: light-dark(#c3cad6, #414c5d);
  --paper: light-dark(#ffffff, #12161d);
  --raised: light-dark(#f5f7fa, #1a2029);
  --accent: light-dark(#0b63a5, #6cb6f0);
}
.segscape figure { position: relative; margin: 0; }
.segscape svg { display: block; width: 100%; height: auto; }
.segscape .terrain { position: relative; height: clamp(240px, 34vw, 420px); border-radius: 8px; background: var(--raised); overflow: hidden; touch-action: none; cursor: grab; }
.segscape .terrain canvas { display: block; width: 100%; height: 100%; }
.segscape .contour { position: relative; max-width: 500px; margin: 16px auto 0; }
.segscape .contour .pick { position: absolute; inset: 0; width: 100%; height: 100%; min-height: 0; padding: 0; border: 0; background: none; cursor: crosshair; }
.segscape .contour .point { position: absolute; width: 14px; height: 14px; margin: -7px 0 0 -7px; border: 3px solid #ffffff; border-radius: 50%; box-shadow: 0 0 0 2px #1c2330, inset 0 0 0 1px #1c2330; pointer-events: none; }
.segscape .picked, .segscape .words { margin: 8px 0 0; color: var(--muted); font-size: 14px; min-height: 1.5em; }
.segscape .readout { position: absolute; z-index: 4; padding: 6px 10px; border: 1px solid var(--rule); border-radius: 6px; background: var(--paper); box-shadow: 0 4px 16px rgb(0 0 0 / 14%); pointer-events: none; font-size: 12.5px; }
.segscape .readout table { border-collapse: collapse; font-size: 12.5px; }
.segscape .readout caption { text-align: left; color: var(--muted); }
.segscape .readout td { padding: 0 8px 0 0; border: 0; text-align: left; white-space: nowrap; }
.segscape .readout td:last-child { padding: 0; text-align: right; }
.segscape .readout i { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 3px; }
.segscape .readout-line { position: absolute; width: 1px; background: var(--muted); pointer-events: none; }
.segscape .readout[hidden], .segscape .readout-line[hidden] { display: none; }
.segscape .player-controls { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 20px; margin: 0 0 14px; }
.segscape .player-controls label { display: inline-flex; align-items: center; gap: 8px; min-width: 0; max-width: 100%; }
.segscape .player-controls select { min-width: 0; max-width: 100%; }
.segscape .player-controls .steps { display: flex; flex: 1 1 320px; align-items: center; gap: 10px; }
.segscape .player-controls .steps output { min-width: 5.5em; }
.segscape .player-controls [hidden] { display: none; }
.segscape .player-controls .along { flex: 1 1 220px; }
.segscape .player-controls input[type="range"] { width: 100%; accent-color: var(--accent); }
.segscape .player-controls output { min-width: 9.5em; font-weight: 600; }
.segscape .player-controls button { min-width: 5.5em; min-height: 36px; }
.segscape .player-panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(230px, 100%), 1fr)); gap: 20px; }
.segscape .player-panels > figure > .terrain { height: clamp(200px, 22vw, 280px); }
.segscape .player-panels .gap { padding: 24px 8px; color: var(--muted); text-align: center; }
.segscape figcaption { color: var(--muted); font-size: 14px; }
.segscape .sample { display: grid; grid-template-columns: minmax(0, 170px) minmax(0, 1fr); gap: 24px; align-items: start; }
.segscape .base { display: grid; gap: 12px; }
.segscape .picture { display: block; width: 100%; min-height: 0; padding: 0; border: 0; border-radius: 4px; background: none; line-height: 0; cursor: zoom-in; }
.segscape .picture img { width: 100%; height: auto; border-radius: 4px; }
.segscape .pictures td, .segscape .pictures th { padding: 5px; border: 0; }
.segscape .pictures td { width: 160px; min-width: 132px; }
.segscape .pictures thead th { color: var(--ink); font-size: 14px; text-align: left; position: static; }
.segscape .pictures tbody th { min-width: 104px; max-width: 130px; overflow-wrap: anywhere; font-size: 14px; vertical-align: middle; z-index: 1; }
.segscape .pictures th small, .segscape .pictures th .loss { white-space: normal; overflow-wrap: anywhere; }
.segscape .film td, .segscape .film thead th { width: 118px; min-width: 104px; }
.segscape summary small { color: var(--muted); font-size: 13px; }
.segscape .pictures thead th { max-width: 160px; vertical-align: bottom; }
.segscape .pictures thead td { width: auto; min-width: 0; }
.segscape .pictures .absent { color: var(--muted); font-size: 13px; text-align: left; vertical-align: middle; }
.segscape .small { image-rendering: pixelated; }
.segscape dialog { max-width: 94vw; max-height: 94vh; padding: 16px; border: 1px solid var(--rule); border-radius: 10px; background: var(--paper); color: var(--ink); }
.segscape dialog::backdrop { background: rgb(10 14 20 / 70%); }
.segscape dialog form { text-align: right; }
.segscape .enlarged img { display: block; width: min(80vw, 78vh); height: auto; margin-top: 10px; image-rendering: pixelated; }
.segscape dialog p { margin: 8px 0 0; color: var(--muted); font-size: 14px; }
.segscape .scroll { overflow-x: auto; }
.segscape .pictures { border-collapse: collapse; }
.segscape .zoomed { max-width: 90vw; max-height: 74vh; margin-top: 10px; overflow: auto; }
.segscape .zoomed img { display: block; width: min(80vw, 70vh); max-width: none; height: auto; image-rendering: pixelated; }
.segscape .zoom-bar { display: flex; justify-content: flex-end; gap: 8px; }
@media (max-width: 640px) {
  .segscape .sample { grid-template-columns: 1fr; }
  .segscape .base { grid-template-columns: 1fr 1fr; }
}
.segscape .profile-histogram { margin-top: 4px; }
.segscape .save { margin: 2px 0 0; font-size: 13px; text-align: right; }
.segscape .save summary { display: inline-block; padding: 4px 6px; color: var(--muted); cursor: pointer; list-style: none; border-radius: 4px; }
.segscape .save summary::-webkit-details-marker { display: none; }
.segscape .save summary:hover, .segscape .save[open] summary { color: var(--accent); text-decoration: underline; }
.segscape .save > div { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 6px; }
.segscape .save button { min-width: 0; min-height: 28px; padding: 2px 10px; font-size: 13px; }
@media print { .segscape .save { display: none; } }
`;
