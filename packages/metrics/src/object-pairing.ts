import type { ObjectPair } from './object-overlaps.js';

/** Objects that hang together by overlaps, as groups of pairs: pairings of different groups do not meet. */
function groupsOf(pairs: readonly ObjectPair[]): ObjectPair[][] {
  const ofTruth = new Map<number, ObjectPair[]>();
  const ofPredicted = new Map<number, ObjectPair[]>();
  for (const pair of pairs) {
    const [a, b] = [ofTruth.get(pair.truth), ofPredicted.get(pair.predicted)];
    const [group = [], other] = a && b && a.length < b.length ? [b, a] : [a ?? b, b];
    if (other && other !== group)
      for (const moved of other) {
        group.push(moved);
        ofTruth.set(moved.truth, group);
        ofPredicted.set(moved.predicted, group);
      }
    group.push(pair);
    ofTruth.set(pair.truth, group);
    ofPredicted.set(pair.predicted, group);
  }
  return [...new Set(ofTruth.values())];
}

/**
 * Which column each row takes so that the sum of costs is least, no column twice; there are at least as many columns as rows.
 * Row after row is added along the cheapest chain of swaps, found by reduced costs as Dijkstra's shortest path.
 * @see Kuhn, The Hungarian method for the assignment problem, 1955; Jonker, Volgenant, A shortest augmenting path algorithm
 *   for dense and sparse linear assignment problems, 1987.
 */
function assignment(costs: readonly (readonly number[])[]): number[] {
  const columns = costs[0]?.length ?? 0;
  const rowPotential = new Float64Array(costs.length);
  const columnPotential = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(-1);
  for (let added = 0; added < costs.length; added++) {
    const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(columns).fill(-1);
    const done = new Uint8Array(columns);
    let [row, reached, from] = [added, 0, -1];
    for (;;) {
      let nearest = -1;
      for (let c = 0; c < columns; c++) {
        if (done[c] === 1) continue;
        const through = reached + costs[row]![c]! - rowPotential[row]! - columnPotential[c]!;
        if (through < distance[c]!) {
          distance[c] = through;
          before[c] = from;
        }
        if (nearest < 0 || distance[c]! < distance[nearest]!) nearest = c;
      }
      done[nearest] = 1;
      reached = distance[nearest]!;
      from = nearest;
      if (rowOf[nearest] === -1) break;
      row = rowOf[nearest]!;
    }
    rowPotential[added]! += reached;
    for (let c = 0; c < columns; c++) {
      if (done[c] === 0 || c === from) continue;
      columnPotential[c]! -= reached - distance[c]!;
      rowPotential[rowOf[c]!]! += reached - distance[c]!;
    }
    for (let c = from; c !== -1; c = before[c]!) rowOf[c] = before[c] === -1 ? added : rowOf[before[c]!]!;
  }
  const columnOf = new Array<number>(costs.length).fill(-1);
  rowOf.forEach((r, c) => {
    if (r !== -1) columnOf[r] = c;
  });
  return columnOf;
}

/** One-to-one pairs of the greatest sum of IoU; needed where a pair may have an IoU of one half or less. */
export function bestPairs(pairs: readonly ObjectPair[]): ObjectPair[] {
  return groupsOf(pairs).flatMap((group) => {
    const truths = [...new Set(group.map(({ truth }) => truth))];
    const predicted = [...new Set(group.map((pair) => pair.predicted))];
    const flipped = truths.length > predicted.length;
    const [rows, columns] = flipped ? [predicted, truths] : [truths, predicted];
    const places = {
      row: new Map(rows.map((n, i) => [n, i])),
      column: new Map(columns.map((n, i) => [n, i])),
    };
    const at = new Map<number, ObjectPair>();
    const costs = rows.map(() => new Array<number>(columns.length).fill(0));
    for (const pair of group) {
      const [r, c] = flipped ? [pair.predicted, pair.truth] : [pair.truth, pair.predicted];
      const [row, column] = [places.row.get(r)!, places.column.get(c)!];
      costs[row]![column] = -pair.iou;
      at.set(row * columns.length + column, pair);
    }
    return assignment(costs).flatMap((column, row) => at.get(row * columns.length + column) ?? []);
  });
}
