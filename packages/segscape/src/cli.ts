#!/usr/bin/env node
import { isSegscapeError } from '@segscape/core';
import { Command, InvalidArgumentError } from 'commander';
import { version } from '../package.json' with { type: 'json' };

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
};
const notNegative = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
};
const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
};
/** A factor that no picture outgrows a machine by. */
const factor = (text: string): number => {
  const value = positive(text);
  if (value > 16) throw new InvalidArgumentError('It must be at most 16.');
  return value;
};
/** More threads than any machine has cores only cost memory. */
const threads = (text: string): number => {
  const value = integer(text);
  if (value < 1 || value > 1024) throw new InvalidArgumentError('It must be a whole number from 1 to 1024.');
  return value;
};

// Whoever reads the output has gone, or its disk is full: a run folder is whole at any moment, so the end is a quiet one.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1));

const program = new Command('segscape')
  .description(
    'Which loss should I train with, and why? Train U-Nets with several losses, compare them, see their loss surfaces.',
  )
  .version(version)
  .showHelpAfterError('(segscape --help tells more)');

/** Ends with the command's own exit code; each command is loaded only when it is asked for. */
const ending =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await action(...args);
  };

program
  .command('run')
  .description('train with each loss, compare, draw the surfaces, write the report')
  .argument('[config]', 'YAML file; without one, the preset')
  .option('--preset <name>', 'demo, quick, original-study, study-small, sister-project or losses-zoo')
  .option(
    '--losses <list>',
    'instead of the preset’s: ce,dice,focal:gamma=2 (lists with /: ce:classWeights=1/3)',
  )
  .option('--data <kind>', 'phantom, folder, stack, rim-one, nnunet or coco')
  .option('--root <folder>', 'folder of a rim-one or nnunet data set')
  .option('--images <folder>', 'images of a data folder')
  .option('--masks <folder>', 'masks of the same names')
  .option('--annotations <file>', 'JSON file of a coco data set')
  .option('--layout <name>', 'how images and masks lie: folders, suffix, patients or csv')
  .option('--pair <pattern>', 'how masks are named after images: {name}_mask')
  .option('--channels <count>', '1 makes all images gray, 3 all colour', integer)
  .option('--classes <names>', 'names of the classes, comma-separated, the background first')
  .option('--mask-values <values>', 'stored value or colour (#rrggbb) of each class, comma-separated')
  .option(
    '--ignore-values <values>',
    'stored values or colours of pixels that no class claims, comma-separated',
  )
  .option(
    '--mask-threshold <value>',
    'for two classes: what is above it is the second; 127 for JPEG masks',
    notNegative,
  )
  .option('--scale <factor>', 'factor of both sides of the images, at most 16', factor)
  .option('--split <file>', 'JSON file with the ids of train and test')
  .option('--epochs <count>', 'passes over the training images', integer)
  .option('--seeds <list>', 'train each loss once with each, comma-separated')
  .option('--out <folder>', 'the run folder; default segscape-runs/<name>-<time>')
  .option('--resume', 'go on with the run in --out')
  .option('--backend <name>', 'native, auto, node-gpu, node, webgpu, wasm or cpu', 'native')
  .option('--device <name>', 'where native computes: cpu, webgpu, cuda, dml or coreml; default cpu')
  .option('--threads <count>', 'threads of one operation', threads)
  .action(
    ending(async (file: string | undefined, options) =>
      (await import('./commands/run.js')).run(file, options),
    ),
  );

program
  .command('predict')
  .description('segment new images with a trained run')
  .argument('<model>', 'the run folder')
  .argument('<images>', 'an image or a folder of images')
  .requiredOption('--out <folder>', 'where masks and objects.csv go')
  .option('--overlay', 'also the images with the outlines drawn')
  .option('--probabilities', 'also the probability of each class')
  .option('--loss <label>', 'the network trained with this loss; default the best on the validation images')
  .option('--seed <number>', 'of this seed; default the first', integer)
  .option('--backend <name>', 'as for run', 'native')
  .action(
    ending(async (model: string, images: string, options) =>
      (await import('./commands/predict.js')).predict(model, images, options),
    ),
  );

program
  .command('export')
  .description('write a trained network as an ONNX model')
  .argument('<model>', 'the run folder')
  .requiredOption('--onnx <file>', 'where it goes')
  .option('--loss <label>', 'the network trained with this loss; default the best on the validation images')
  .option('--seed <number>', 'of this seed; default the first', integer)
  .action(
    ending(async (model: string, options) =>
      (await import('./commands/export.js')).exportModel(model, options),
    ),
  );

program
  .command('report')
  .description('write report.html anew from a run folder')
  .argument('<run>', 'the run folder')
  .action(ending(async (folder: string) => (await import('./commands/report.js')).report(folder)));

program
  .command('inspect')
  .description('read every file of a run and name what is damaged')
  .argument('<run>', 'the run folder')
  .action(ending(async (folder: string) => (await import('./commands/inspect.js')).inspect(folder)));

program
  .command('backends')
  .description('what this machine can compute on, and how to enable the rest')
  .action(ending(async () => (await import('./commands/backends.js')).backends()));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`\nsegscape: ${error instanceof Error ? error.message : String(error)}\n`);
  // What we did not foresee is shown whole, so that it can be reported.
  if (!isSegscapeError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
