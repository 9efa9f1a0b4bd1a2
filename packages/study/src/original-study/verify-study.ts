import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import type { ComparisonFact, ReportFacts } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { parseStudyConfig } from '../config/parse.js';
import type { StudyInput } from '../config/schema.js';
import type { Options } from '../kinds/kind.js';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { namedLosses } from '../named-losses.js';
import { comparisonsOf } from '../tasks/comparison.js';
import type { TaskScores } from '../tasks/task-scores.js';
import { type Evidence, type StudyFinding, type Verdict, verdictOf } from './finding.js';
import { orderOfLeaving } from './plateau.js';

/** What is needed of a finished run's facts. */
type Facts = Pick<ReportFacts, 'classes' | 'foreground' | 'groups' | 'unfinished'> & {
  readonly scores: readonly TaskScores[];
};

const notFinished = (cause?: unknown) =>
  new SegscapeError(
    'NOT_FOUND',
    'verifyStudy: the run has not been finished. Go on with it (segscape run --resume), then verify it.',
    { cause },
  );

async function factsOf(storage: Storage): Promise<Facts> {
  try {
    const facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as Facts;
    if (facts.unfinished === undefined) return facts;
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw notFinished(cause);
  }
  throw notFinished();
}

/** Cross-entropies by the weight of the rare class, focal losses by γ: those of the original study that a run has. */
interface StudyLosses {
  /** [weight of the rare class over the other's, label], rising. */
  readonly weighted: readonly (readonly [number, string])[];
  /** [γ, label], rising; cross-entropy 1:1 has γ 0. */
  readonly focal: readonly (readonly [number, string])[];
}

function studyLosses(
  losses: readonly { readonly label: string; readonly options: Options & { readonly kind: string } }[],
): StudyLosses {
  const weighted: [number, string][] = [];
  const focal: [number, string][] = [];
  for (const { label, options } of losses) {
    const { kind, classWeights, gamma, alpha } = options;
    const weights = Array.isArray(classWeights) ? (classWeights as number[]) : [1, 1];
    if (kind === 'crossEntropy' && weights.length === 2) weighted.push([weights[1]! / weights[0]!, label]);
    if (kind === 'focal' && alpha === undefined && classWeights === undefined)
      focal.push([typeof gamma === 'number' ? gamma : 2, label]);
  }
  const byNumber = (a: readonly [number, string], b: readonly [number, string]) => a[0] - b[0];
  weighted.sort(byNumber);
  const plain = weighted.find(([weight]) => weight === 1);
  return { weighted, focal: [...(plain ? [[0, plain[1]] as const] : []), ...focal.sort(byNumber)] };
}

/** The share of wrong verdicts that is let pass. */
const level = 0.05;

/** Whether the first loss has more of a measure than the second, over patients and, with several seeds, over seeds. */
function isMore(
  facts: Facts,
  measure: string,
  [first, second]: readonly [string, string],
  pairs: number,
): Evidence {
  const compared = { scores: facts.scores, groups: new Map(Object.entries(facts.groups ?? {})) };
  const test = comparisonsOf(compared, [first, second], measure)[0];
  if (test === undefined)
    return { first, second, verdict: 'undecided', text: `${measure}: no scores of both` };
  const { difference, low, high } = test;
  return {
    first,
    second,
    verdict: verdictBy(test, pairs),
    text: `${measure}: difference ${signed(difference)}${low === undefined || high === undefined ? '' : ` [${signed(low)}, ${signed(high)}]`}`,
  };
}

/**
 * All parts must hold for a claim to be borne out, so that none needs a correction (an intersection–union test, Berger 1982); one
 * contradiction refutes it, so that p of the contrary is corrected for the number of parts.
 */
function verdictBy({ difference, p }: ComparisonFact, parts: number): Verdict {
  if (difference > 0 && p < level) return 'borne out';
  return difference < 0 && p * parts < level ? 'not' : 'undecided';
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

/** Neighbours of a list. */
const neighbours = <T>(list: readonly T[]): [T, T][] => list.slice(1).map((second, i) => [list[i]!, second]);

/** What `verifyStudy` of `on-demand` does; its documentation stands there. */
export async function verifyStudy(
  storage: Storage,
  registry: StudyRegistry = studyRegistry,
): Promise<StudyFinding[]> {
  const run = await openRun(storage);
  const config = parseStudyConfig(run.config as StudyInput, registry);
  const facts = await factsOf(run.storage);
  const { seeds } = config.training;
  const labels = namedLosses(config, registry, undefined);
  const { weighted, focal } = studyLosses(
    config.losses.map(({ label: _, ...options }, i) => ({ label: labels[i]!.label, options })),
  );
  // Weights above 1:3 were not part of the claim.
  const heavy = weighted.filter(([weight]) => weight > 1 && weight <= 3).reverse();
  const order = [...heavy, ...focal].map(([, label]) => label);
  const iou = `iou.${facts.foreground}`;
  const rare = `confidence.${facts.foreground}`;
  const steps = neighbours(focal.map(([, label]) => label));
  const plain = weighted.find(([weight]) => weight === 1)?.[1];
  const raised = plain ? weighted.filter(([weight]) => weight > 1) : [];
  const scope =
    seeds.length < 2
      ? 'One seed: this holds for these networks; other starts may end otherwise.'
      : `${seeds.length} seeds.`;
  const finding = (claim: string, evidence: readonly Evidence[], lacks: string): StudyFinding => ({
    claim,
    verdict: verdictOf(evidence),
    evidence,
    note: evidence.length === 0 ? lacks : scope,
  });
  const rows = await run.history({});
  return [
    finding(
      'Losses leave their plateau in this order: cross-entropy 1:3, 1:2, 1:1, then focal losses by rising γ.',
      orderOfLeaving(rows, order, iou),
      'The run has fewer than two of these losses.',
    ),
    finding(
      'A larger γ lowers the confidence of every class.',
      facts.classes.flatMap((name) =>
        steps.map((pair) => isMore(facts, `confidence.${name}`, pair, steps.length * facts.classes.length)),
      ),
      'The run has fewer than two of cross-entropy 1:1 and focal losses.',
    ),
    finding(
      'Weights on the rare class raise its confidence.',
      raised.map(([, label]) => isMore(facts, rare, [label, plain!], raised.length)),
      'The run does not have cross-entropy both with weights 1:1 and with a weighted rare class.',
    ),
  ];
}
