/** What the elements say of every frame. */
export interface FrameForm {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly frames: number;
  /** Bytes of a stored sample. */
  readonly bytes: number;
  readonly photometric: string;
}

/** A frame's samples side by side, in bytes of the file's order or as numbers. */
export interface StoredFrame {
  /** Samples low byte first, or numbers. */
  readonly data: Uint8Array | Uint16Array | Int16Array;
  /** Whether luma and chroma were turned into red, green and blue. */
  readonly rgb: boolean;
}
