import type { Command } from 'commander';
import { integer, notNegative, points, positive } from './numbers.js';

/** Ends with the command's own exit code. */
type Ending = <A extends unknown[]>(action: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;

/** The commands that use trained networks, or judge what they made. */
export function modelCommands(program: Command, ending: Ending): void {
  program
    .command('judge')
    .description('score and compare masks or probabilities that any tool made, against the truth')
    .requiredOption('--truth <folder>', 'the masks that are right')
    .option('--predictions <name=folder...>', 'masks of the same names, by who made them')
    .option(
      '--probabilities <name=folder...>',
      'probability maps instead: a-CLASS.png of 8 or 16 bits, or a.tif with a page for each class',
    )
    .option(
      '--model <name=path...>',
      'what networks make of --images, which they never saw: a run folder, an .onnx file, or weights (.safetensors, .pt); with their loss surfaces',
    )
    .option('--network <kind>', 'of a file of weights: unet:baseChannels=16 (segscape kinds model)')
    .option('--normalize <how>', 'of a file of a model: as for predict')
    .option(
      '--activation <name>',
      'of a file of a model: softmax, sigmoid or none; default told from its output',
    )
    .option('--channels <place>', 'of an .onnx file: first (PyTorch) or last; default told from the file')
    .option('--losses <list>', 'what surfaces and loss maps are of: ce,dice,focal:gamma=2')
    .option('--surfaces <points>', 'along each side of a surface; default 15, 0 draws none', points)
    .option('--class <name>', 'of a run whose classes overlap: which of them is judged')
    .requiredOption('--out <folder>', 'where the report and scores.csv go')
    .option('--images <folder>', 'the images, for the pictures and for --model')
    .option('--classes <names>', 'names of the classes, comma-separated, the background first')
    .option('--mask-values <values>', 'stored value or colour (#rrggbb) of each class, comma-separated')
    .option('--ignore-values <values>', 'stored values or colours of void pixels, comma-separated')
    .option('--mask-threshold <value>', 'for two classes: what is above it is the second', notNegative)
    .option('--measures <list>', 'beside overlap: hausdorff,surfaceDice:tolerance=2 (segscape kinds measure)')
    .option('--spacing <µm>', 'size of a pixel, where the files do not say it', positive)
    .option('--group <pattern>', 'regular expression whose first group finds the patient in a name')
    .option('--title <text>', 'of the report')
    .option('--backend <name>', 'as for run', 'native')
    .option('--json', 'events for other programs, as of run')
    .action(ending(async (options) => (await import('./commands/judge.js')).judge(options)));

  program
    .command('predict')
    .description('segment new images with a trained run, or with an ONNX model of any origin')
    .argument('<model>', 'the run folder, an .onnx file, or weights (.safetensors, .pt) with --network')
    .argument('<images>', 'an image or a folder of images')
    .requiredOption('--out <folder>', 'where masks and objects.csv go')
    .option('--overlay', 'also the images with the outlines drawn')
    .option('--probabilities', 'also the probability of each class')
    .option('--loss <label>', 'the network trained with this loss; default the best on the validation images')
    .option('--seed <number>', 'of this seed; default the first', integer)
    .option('--fold <number>', 'of this fold, from 0, where the run has some; default the first', integer)
    .option(
      '--ensemble <which>',
      'average the networks of all seeds, losses, folds or all of these (all), or of a list: dice,focal,2',
    )
    .option('--page <number>', 'of files of several pages this one, from 0', integer)
    .option('--time <number>', 'of files with several points in time this one, from 0', integer)
    .option('--series <number>', 'of files of several pictures this one, from 0', integer)
    .option('--tta', 'average over flips and quarter turns of each image: eight times the work')
    .option(
      '--threshold <p>',
      'for two classes: what is above it is the second; default as validation chose',
      positive,
    )
    .option('--fill-holes', 'fill holes in each class')
    .option(
      '--remove-small <area>',
      'leave out smaller objects: µm² where the image says its scale, else pixels',
      notNegative,
    )
    .option('--largest', 'keep only the largest object of each class')
    .option(
      '--instances [how]',
      'tell touching objects apart, with a label image each: touching, isbi or components',
    )
    .option(
      '--normalize <how>',
      'of a file of a model: scale, none, zscore, percentile, minmax, or mean:deviation (0.5/0.4:0.2/0.2)',
    )
    .option('--network <kind>', 'of a file of weights: unet:baseChannels=16 (segscape kinds model)')
    .option(
      '--activation <name>',
      'of a file of a model: softmax, sigmoid or none; default told from its output',
    )
    .option('--classes <names>', 'of a file of a model: names of the classes, comma-separated')
    .option('--channels <place>', 'of an ONNX file: first (PyTorch) or last; default told from the file')
    .option('--backend <name>', 'as for run', 'native')
    .option('--json', 'events for other programs, as of run')
    .action(
      ending(async (model: string, images: string, options) =>
        (await import('./commands/predict.js')).predict(model, images, options),
      ),
    );

  program
    .command('export')
    .description(
      'write for other tools: a trained network as ONNX or a bioimage.io package, or the numbers of a run as CSV or for MLflow',
    )
    .argument('<model>', 'the run folder')
    .option('--onnx <file>', 'where an ONNX model goes')
    .option('--bioimageio <folder>', 'where a package of the bioimage.io model zoo goes')
    .option('--csv <folder>', 'where the scores and histories of the run go, as tables')
    .option('--mlflow <folder>', 'the mlruns folder that each training of the run goes into')
    .option('--channels <place>', 'of the ONNX model: last or first; default last')
    .option('--probabilities', 'the ONNX model ends in softmax')
    .option('--normalized', 'the ONNX model takes intensities as stored, of the type of the training images')
    .option('--author <name...>', 'of the package: who made the model')
    .option('--license <identifier>', 'of the package, by SPDX; default CC-BY-4.0')
    .option('--name <text>', 'of the package')
    .option('--loss <label>', 'the network trained with this loss; default the best on the validation images')
    .option('--seed <number>', 'of this seed; default the first', integer)
    .option('--fold <number>', 'of this fold, from 0, where the run has some; default the first', integer)
    .action(
      ending(async (model: string, options) =>
        (await import('./commands/export.js')).exportModel(model, options),
      ),
    );
}
