#!/usr/bin/env node
import { isSegscapeError } from '@segscape/core';
import { Command } from 'commander';
import { version } from '../package.json' with { type: 'json' };
import { modelCommands } from './cli-models.js';
import { withExamples } from './help.js';
import { factor, integer, notNegative, port, positive, threads } from './numbers.js';

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

/** The options that say where images and masks are, and how they lie. */
const withData = (command: Command): Command =>
  command
    .option('--data <kind>', 'what the images are: ‘segscape kinds data’ lists them')
    .option('--root <folder>', 'folder of a rim-one, isbi-2012 or nnunet data set')
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
    .option('--labels <what>', 'what masks hold: classes, or ids of objects (instances, boundaries)')
    .option('--scale <factor>', 'factor of both sides of the images, at most 16', factor)
    .option('--split <file>', 'JSON file with the ids of train and test');

withData(
  program
    .command('run')
    .description('train with each loss, compare, draw the surfaces, write the report')
    .argument('[config]', 'YAML file; without one, the preset'),
)
  .option('--preset <name>', 'a ready-made plan: ‘segscape kinds preset’ lists them')
  .option(
    '--losses <list>',
    'instead of the preset’s: ce,dice,focal:gamma=2 (lists with /: ce:classWeights=1/3)',
  )
  .option(
    '--models <list>',
    'networks that are compared, each with every loss: unet,basicUnet,deep=unet:depth=5',
  )
  .option('--plugin <file...>', 'modules with losses, networks, data of your own')
  .option('--minutes <count>', 'how long the whole study may take on this machine', positive)
  .option('--epochs <count>', 'passes over the training images', integer)
  .option('--seeds <list>', 'train each loss once with each, comma-separated')
  .option('--folds <count>', 'cross-validation: every image is tested once', integer)
  .option('--out <folder>', 'the run folder; default segscape-runs/<name>-<time>')
  .option('--resume', 'go on with the run in --out')
  .option('--watch', 'serve the report to this machine while it grows')
  .option('--json', 'events for other programs: a JSON object a line on standard output')
  .option('--backend <name>', 'native, auto, node-gpu, node, webgpu, wasm or cpu', 'native')
  .option('--device <name>', 'where native computes: cpu, webgpu, cuda, dml or coreml; default cpu')
  .option('--threads <count>', 'threads of one operation', threads)
  .option('--workers <count>', 'worker threads that evaluate the surfaces', threads)
  .option(
    '--redis <url>',
    'Redis whose workers (segscape worker) evaluate the surfaces; a password belongs in SEGSCAPE_REDIS_PASSWORD',
  )
  .action(
    ending(async (file: string | undefined, options) =>
      (await import('./commands/run.js')).run(file, options),
    ),
  );

withData(
  program
    .command('data')
    .description('look at images and masks: what was found, what is odd, which losses suit them')
    .argument('[folder]', 'that holds images and masks; or say where they are'),
)
  .option('--sheet <file>', 'a picture of images with the outlines of their masks')
  .option('--json', 'everything as JSON')
  .action(
    ending(async (folder: string | undefined, options) =>
      (await import('./commands/data.js')).data(folder, options),
    ),
  );

withData(
  program
    .command('init')
    .description('look at a folder and write a commented study.yaml for it')
    .argument('[folder]', 'that holds images and masks; or say where they are'),
)
  .option('--out <file>', 'where it goes', 'study.yaml')
  .action(
    ending(async (folder: string | undefined, options) =>
      (await import('./commands/init.js')).init(folder, options),
    ),
  );

program
  .command('doctor')
  .description('what this machine can do, and what would make it faster')
  .action(ending(async () => (await import('./commands/doctor.js')).doctor()));

modelCommands(program, ending);

program
  .command('report')
  .description('write report.html anew from a run folder, or one page over several runs')
  .argument('<run...>', 'the run folder')
  .option('--pseudonyms', 'call images and patients by numbers')
  .option('--no-images', 'leave the pictures of images out')
  .option('--compare', 'one page over several runs of the same images')
  .option('--out <file>', 'where that page goes')
  .option('--live', 'serve it to this machine: a click on a surface shows what the network sees there')
  .option('--backend <name>', 'as for run', 'native')
  .action(
    ending(async (folders: string[], options) =>
      (await import('./commands/report.js')).report(folders, options),
    ),
  );

program
  .command('figures')
  .description('the figures of a run as files: scores, curves, surfaces')
  .argument('<run>', 'the run folder')
  .option('--format <name>', 'svg, png or pdf (vectors)', 'svg')
  .option('--out <folder>', 'where they go; default the folder figures of the run')
  .option('--scale <factor>', 'pixels of a png for one of the figure; default 3', factor)
  .action(
    ending(async (folder: string, options) =>
      (await import('./commands/figures.js')).figures(folder, options),
    ),
  );

program
  .command('verify')
  .description(
    'compute the scores and surfaces of a run again from its weights, and compare them bit for bit',
  )
  .argument('<run>', 'the run folder')
  .option('--backend <name>', 'as for run', 'native')
  .option('--json', 'events for other programs, as of run')
  .action(
    ending(async (folder: string, options) => (await import('./commands/verify.js')).verify(folder, options)),
  );

program
  .command('verify-study')
  .description('say which findings of the original study a finished run bears out, with the evidence')
  .argument('<run>', 'the run folder')
  .option('--json', 'everything as JSON')
  .action(
    ending(async (folder: string, options) =>
      (await import('./commands/verify-study.js')).verifyOriginal(folder, options),
    ),
  );

program
  .command('samples')
  .description('say what was done to each image of an epoch of training: flips, angles, fields, crops')
  .argument('<run>', 'the run folder')
  .requiredOption('--epoch <number>', 'which epoch, from 1', integer)
  .option('--seed <number>', 'of the training; default the run’s first', integer)
  .option('--fold <number>', 'of a run with folds, from 0', integer)
  .option('--image <name>', 'one image alone')
  .option(
    '--sheet <file>',
    'PNG of the images as the networks were given them, with the outlines of their masks',
  )
  .option('--json', 'one JSON object a line for each sample')
  .action(
    ending(async (folder: string, options) =>
      (await import('./commands/samples.js')).samples(folder, options),
    ),
  );

program
  .command('inspect')
  .description('read every file of a run and name what is damaged')
  .argument('<run>', 'the run folder')
  .action(ending(async (folder: string) => (await import('./commands/inspect.js')).inspect(folder)));

program
  .command('lab')
  .description(
    'serve the browser app on this machine: feel losses, train, look at surfaces, nothing uploaded',
  )
  .argument('[run]', 'a run folder to look at in it')
  .option('--port <number>', 'where it listens; default 4747', port)
  .action(
    ending(async (folder: string | undefined, options) =>
      (await import('./commands/lab.js')).lab(folder, options),
    ),
  );

program
  .command('worker')
  .description('evaluate points of surfaces for runs with --redis, here or on another machine, until stopped')
  .option('--redis <url>', 'where Redis is; default SEGSCAPE_REDIS_URL of the environment')
  .option('--plugin <file...>', 'modules with the losses and networks of your own that its studies use')
  .option('--health <port>', 'answer /health and /metrics on this port of this machine', port)
  .option('--backend <name>', 'as for run', 'native')
  .option('--device <name>', 'as for run')
  .option('--threads <count>', 'threads of one operation', threads)
  .action(ending(async (options) => (await import('./commands/worker.js')).worker(options)));

program
  .command('kinds')
  .description('what a config can name: losses, networks, data, transforms, …, and the options of each')
  .argument('[name]', 'a kind, for its options; or a part')
  .option('--plugin <file...>', 'modules with kinds of your own')
  .action(
    ending(async (name: string | undefined, options) =>
      (await import('./commands/kinds.js')).kinds(name, options),
    ),
  );

program
  .command('backends')
  .description('what this machine can compute on, and how to enable the rest')
  .action(ending(async () => (await import('./commands/backends.js')).backends()));

program
  .command('completion')
  .description('print what completes this command line in a shell')
  .argument('<shell>', 'bash, zsh or fish')
  .action(
    ending(async (shell: string) => {
      process.stdout.write((await import('./completion.js')).completion(shell, program));
      return 0;
    }),
  );

withExamples(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`\nsegscape: ${error instanceof Error ? error.message : String(error)}\n`);
  // What we did not foresee is shown whole, so that it can be reported.
  if (!isSegscapeError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
