import type { ReportFacts } from '../facts.js';

/**
 * The losses by themselves, each once: of several networks every one was trained with each, and is called `dice @ unet`.
 * @param facts of a run.
 */
export function comparedLosses({
  losses,
  material: { networks = [] },
}: Pick<ReportFacts, 'losses' | 'material'>): string[] {
  const endings = networks.map(({ label }) => ` @ ${label}`);
  const alone = losses.map((loss) => {
    const ending = endings.find((each) => loss.endsWith(each)) ?? '';
    return loss.slice(0, loss.length - ending.length);
  });
  return [...new Set(alone)];
}
