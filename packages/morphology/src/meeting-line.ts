/** Where floods have met: pixels of the line, each with the labels that have gone on from it. */
export class MeetingLine {
  readonly #passed = new Map<number, number[]>();

  has(at: number): boolean {
    return this.#passed.has(at);
  }

  add(at: number): void {
    if (!this.has(at)) this.#passed.set(at, []);
  }

  /** Whether a flood may go on from here: each label once, or the same ways would be gone again and again. */
  passes(at: number, label: number): boolean {
    const labels = this.#passed.get(at);
    if (labels?.includes(label)) return false;
    labels?.push(label);
    return true;
  }
}
