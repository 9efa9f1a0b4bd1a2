/** Queue of positions, lowest height first and the earlier of equals first: a binary heap. */
export class FloodQueue {
  readonly #positions: number[] = [];
  readonly #heights: number[] = [];
  readonly #ages: number[] = [];
  readonly #sources: number[] = [];
  #age = 0;

  get size(): number {
    return this.#positions.length;
  }

  /** Height of the position that comes next. */
  get height(): number {
    return this.#heights[0]!;
  }

  /** Where the flood of the position that comes next began. */
  get source(): number {
    return this.#sources[0]!;
  }

  /** Adds a marker: all of them are of one age, so that equals come as the heap has them. */
  start(position: number, height: number): void {
    this.#add(position, height, 0, position);
  }

  push(position: number, height: number, source: number): void {
    this.#add(position, height, ++this.#age, source);
  }

  #add(position: number, height: number, age: number, source: number): void {
    this.#positions.push(position);
    this.#sources.push(source);
    this.#heights.push(height);
    this.#ages.push(age);
    let at = this.#positions.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** The lowest position; call it only while `size` is above 0. */
  pop(): number {
    const first = this.#positions[0]!;
    this.#swap(0, this.#positions.length - 1);
    for (const list of [this.#positions, this.#heights, this.#ages, this.#sources]) list.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let least = at;
      if (left < this.size && this.#before(left, least)) least = left;
      if (left + 1 < this.size && this.#before(left + 1, least)) least = left + 1;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const difference = this.#heights[a]! - this.#heights[b]!;
    return difference < 0 || (difference === 0 && this.#ages[a]! < this.#ages[b]!);
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#positions, this.#heights, this.#ages, this.#sources])
      [list[a], list[b]] = [list[b]!, list[a]!];
  }
}
