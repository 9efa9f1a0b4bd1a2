import type { Command } from 'commander';

/** What people type first, by command. */
const examples: Readonly<Record<string, readonly string[]>> = {
  run: [
    'segscape run',
    'segscape run --preset quick --data folder --images images --masks masks --out runs/today',
    'segscape run study.yaml --losses ce,dice,focal:gamma=2 --minutes 10 --out runs/today',
    'segscape run --resume --out runs/today',
    'segscape run study.yaml --json | jq -r \'select(.type == "epoch") | .loss\'',
  ],
  data: ['segscape data my-images --sheet sheet.png'],
  init: ['segscape init my-images --out study.yaml'],
  judge: [
    'segscape judge --truth masks --predictions nnUNet=out/nnunet Cellpose=out/cellpose --out judged',
    'segscape judge --truth masks --images images --model runs/today --out judged',
  ],
  predict: [
    'segscape predict runs/today new-images --out masks --overlay',
    'segscape predict unet.onnx new-images --out masks --normalize zscore',
  ],
  export: ['segscape export runs/today --onnx unet.onnx --channels first'],
  report: [
    'segscape report runs/today --live',
    'segscape report runs/today --pseudonyms',
    'segscape report runs/a runs/b --compare --out both.html',
  ],
  figures: ['segscape figures runs/today --format pdf'],
  verify: ['segscape verify runs/today'],
  samples: ['segscape samples runs/today --epoch 3 --sheet seen.png'],
  inspect: ['segscape inspect runs/today'],
  lab: ['segscape lab runs/today'],
  worker: ['segscape worker --redis redis://host:6379'],
  kinds: ['segscape kinds', 'segscape kinds loss', 'segscape kinds focal'],
  completion: [
    'eval "$(segscape completion bash)"',
    'segscape completion fish > ~/.config/fish/completions/segscape.fish',
  ],
  doctor: ['segscape doctor'],
  'verify-study': [
    'segscape verify-study runs/today',
    'segscape verify-study runs/today --json > findings.json',
  ],
};

const exitCodes = `
Exit codes:
  0    all went well
  1    something failed, and the last line says what; or inspect, verify or predict found what is not right
  130  stopped by Ctrl-C, SIGTERM or SIGHUP: what was done is kept
  141  whoever read the output has gone`;

/** Examples under the help of each command, exit codes under that of all. */
export function withExamples(program: Command): void {
  program.addHelpText('after', exitCodes);
  for (const command of program.commands) {
    const own = examples[command.name()];
    if (own !== undefined)
      command.addHelpText('after', `\nExamples:\n${own.map((line) => `  ${line}`).join('\n')}`);
  }
}
