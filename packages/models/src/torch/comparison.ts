import { assertKnown, type Params, sameShape } from '@segscape/core';
import type { Model } from '../model.js';
import { convolutionBiases, layoutProblem } from './checks.js';
import { foreignNetworks } from './other-networks.js';
import { layoutOf } from './public-layouts.js';
import { namer, type TorchOptions, torchOptions } from './state-dict.js';
import { isCounter, ofModule, unwrapped } from './wrappers.js';

/** A tensor that does not fit, and why. */
export interface TorchDifference {
  /** Its name in the state dict. */
  readonly theirs: string;
  readonly why: string;
}

/** Which layers of a state dict a network has. */
export interface TorchComparison {
  /** The public network that the names are of, where it is known. */
  readonly network?: string;
  /** Whether `fromTorch` takes the state dict for the model. */
  readonly fits: boolean;
  /** Tensors that the model has, our name and theirs; of a network that none of ours computes, where such layers are here. */
  readonly matching: readonly { readonly ours: string; readonly theirs: string }[];
  readonly different: readonly TorchDifference[];
  /** Parameters of the model that the state dict has nothing for. */
  readonly missing: readonly string[];
}

const reversed = (shape: readonly number[]) =>
  shape.length > 1 ? [...shape.slice(2), shape[1]!, shape[0]!] : shape;

/**
 * Says, layer by layer, what of a PyTorch state dict a model has and what it has not; nothing of it is refused and no tensor is made.
 *
 *     compareTorch(readTorch(bytes), unet({ norm: 'batch' })).different; // [{ theirs: 'encoder.conv1.weight', why: 'a 7×7 …' }, …]
 *
 * Known besides those that `fromTorch` takes: MONAI's `UNet` and segmentation_models.pytorch's `Unet` with a ResNet encoder, which no network
 * of ours computes as a whole.
 *
 * @param given tensors by name, from `readTorch` or `decodeParams`; only names and shapes are read.
 * @param model to compare with.
 * @param options their defaults stand with their types.
 * @returns what matches, what does not and why, by layer.
 * @throws {SegscapeError} `BAD_OPTION` for an option that there is not, and a prefix that begins no name.
 */
export function compareTorch(given: Params, model: Model, options: TorchOptions = {}): TorchComparison {
  assertKnown('compareTorch', options, torchOptions);
  const own = ofModule('compareTorch', given, options.prefix);
  const stateDict = options.mapping === undefined ? unwrapped(own) : own;
  const names = Object.keys(stateDict).filter((name) => !isCounter(name));
  const foreign = options.mapping === undefined && foreignNetworks.find((one) => one.recognises(names));
  if (foreign) {
    const said = names.map((theirs) => ({
      theirs,
      part: foreign.parts.find((part) => part.names.test(theirs)),
    }));
    return {
      network: foreign.name,
      fits: false,
      matching: said.flatMap(({ theirs, part }) => (part?.same ? [{ ours: part.what, theirs }] : [])),
      different: said.flatMap(({ theirs, part }) =>
        part?.same ? [] : [{ theirs, why: part?.what ?? 'not among the layers that are known' }],
      ),
      missing: Object.keys(model.shapes),
    };
  }
  return compared(stateDict, names, model, options);
}

function compared(stateDict: Params, names: readonly string[], model: Model, options: TorchOptions) {
  const layout = layoutOf(names);
  const nameOf = namer(options, model, layout);
  const matching: { ours: string; theirs: string }[] = [];
  const different: TorchDifference[] = [];
  const missing: string[] = [];
  for (const [ours, shape] of Object.entries(model.shapes)) {
    const theirs = nameOf(ours);
    const value = Object.hasOwn(stateDict, theirs) ? stateDict[theirs] : undefined;
    if (value === undefined) {
      if (!layout?.mayLack?.(ours)) missing.push(ours);
    } else if (sameShape(reversed(value.shape), shape)) matching.push({ ours, theirs });
    else
      different.push({
        theirs,
        why: `[${reversed(value.shape).join(', ')}], channels last, where '${ours}' is [${shape.join(', ')}]`,
      });
  }
  for (const [ours, { theirs }] of convolutionBiases(stateDict, model, nameOf))
    matching.push({ ours, theirs });
  const named = new Set([...matching, ...different].map(({ theirs }) => theirs));
  const left = names.filter((name) => !named.has(name) && !layout?.isSpare?.(name));
  different.push(...left.map((theirs) => ({ theirs, why: `${model.name} has no such layer` })));
  const network = layout && { network: layout.name };
  const refused = layoutProblem('fromTorch', model, layout) !== undefined;
  return {
    ...network,
    fits: !refused && different.length + missing.length === 0,
    matching,
    different,
    missing,
  };
}
