/** A picture kept as `maps/<name>.png`. */
export interface PictureFact {
  readonly name: string;
  readonly group: 'augmentation' | 'prediction' | 'confidence' | 'loss' | 'difference';
  readonly title: string;
  /** Identifier of the image that it shows. */
  readonly sample?: string;
  /** Label of the loss that the network was trained with. */
  readonly loss?: string;
  readonly caption?: string;
  /** Epochs of training that the network had; absent for the weights that were scored. */
  readonly epoch?: number;
  /** The numbers behind a map's colours, so that a page can colour them on another scale. */
  readonly values?: PictureValuesFact;
}

/** Numbers kept as a picture by `packValues`. */
export interface PictureValuesFact {
  /** Kept as `maps/<name>.png`. */
  readonly name: string;
  /** Of `packValues`: value of the first and of the last step. */
  readonly low: number;
  readonly high: number;
}
