/** Colours of a figure's own parts; CSS colours, so `currentColor` and `var(--rule)` work inside a page. */
export interface FigureStyle {
  /** Text and axes. Default `'#1c2330'`. */
  readonly ink?: string;
  /** Grid lines and frames. Default `'#d8dce3'`. */
  readonly rule?: string;
  /** Behind everything; `'none'` for transparent. Default `'#ffffff'`. */
  readonly background?: string;
}

export const paperStyle: Required<FigureStyle> = { ink: '#1c2330', rule: '#d8dce3', background: '#ffffff' };

/** For figures inside the report: they follow its light and dark colours. */
export const pageStyle: Required<FigureStyle> = {
  ink: 'currentColor',
  rule: 'var(--rule)',
  background: 'none',
};

export const fontFamily = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
