/** A mask that is painted: class indices, `[height, width]`, with every state that undo can go back to. */
export class MaskPainting {
  readonly height: number;
  readonly width: number;
  #data: Uint8Array;
  readonly #before: Uint8Array[] = [];
  #after: Uint8Array[] = [];

  constructor(height: number, width: number, data: ArrayLike<number>) {
    this.height = height;
    this.width = width;
    this.#data = Uint8Array.from(data);
  }

  /** The mask as it is; a copy. */
  get data(): Uint8Array {
    return this.#data.slice();
  }
  get canUndo(): boolean {
    return this.#before.length > 0;
  }
  get canRedo(): boolean {
    return this.#after.length > 0;
  }

  /** Begins a change that one undo takes back: a stroke, a fill. */
  begin(): void {
    this.#before.push(this.#data.slice());
    if (this.#before.length > 100) this.#before.shift();
    this.#after = [];
  }
  undo(): void {
    const last = this.#before.pop();
    if (last === undefined) return;
    this.#after.push(this.#data);
    this.#data = last;
  }
  redo(): void {
    const next = this.#after.pop();
    if (next === undefined) return;
    this.#before.push(this.#data);
    this.#data = next;
  }

  /** Paints all pixels within `radius` (pixels) of the way from one place to another, `[y, x]` each. */
  stroke(
    [y0, x0]: readonly [number, number],
    [y1, x1]: readonly [number, number],
    radius: number,
    label: number,
  ): void {
    const reach = Math.ceil(radius);
    const [dy, dx] = [y1 - y0, x1 - x0];
    const length = dy * dy + dx * dx;
    const within = (value: number, most: number) => Math.max(0, Math.min(most - 1, value));
    const [top, bottom] = [Math.floor(Math.min(y0, y1)) - reach, Math.ceil(Math.max(y0, y1)) + reach];
    const [left, right] = [Math.floor(Math.min(x0, x1)) - reach, Math.ceil(Math.max(x0, x1)) + reach];
    for (let y = within(top, this.height); y <= within(bottom, this.height); y++)
      for (let x = within(left, this.width); x <= within(right, this.width); x++) {
        // The nearest place of the way to this pixel.
        const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((y - y0) * dy + (x - x0) * dx) / length));
        const [py, px] = [y0 + along * dy - y, x0 + along * dx - x];
        if (py * py + px * px <= radius * radius) this.#data[y * this.width + x] = label;
      }
  }

  /**
   * Gives all pixels whose centres lie inside a closed line of corners, `[y, x]` in pixels, a class; where it crosses itself, by
   * the even-odd rule. The corners' own pixels are painted, too, so that no polygon is nothing.
   */
  polygon(corners: readonly (readonly [number, number])[], label: number): void {
    const { width, height } = this;
    for (let y = 0; y < height; y++) {
      const crossings: number[] = [];
      for (const [i, [y0, x0]] of corners.entries()) {
        const [y1, x1] = corners[(i + 1) % corners.length]!;
        if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
      }
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2)
        for (let x = Math.max(0, Math.ceil(crossings[i]!)); x <= Math.min(width - 1, crossings[i + 1]!); x++)
          this.#data[y * width + x] = label;
    }
    for (const [y, x] of corners) this.#data[y * width + x] = label;
  }

  /** Gives all pixels of one class that hang together by their sides with this one another class. */
  fill([y, x]: readonly [number, number], label: number): void {
    const { width, height } = this;
    const from = this.#data[y * width + x];
    if (from === undefined || from === label) return;
    const waiting = [y * width + x];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (this.#data[at] !== from) continue;
      this.#data[at] = label;
      const column = at % width;
      if (column > 0) waiting.push(at - 1);
      if (column < width - 1) waiting.push(at + 1);
      if (at >= width) waiting.push(at - width);
      if (at < width * (height - 1)) waiting.push(at + width);
    }
  }
}
