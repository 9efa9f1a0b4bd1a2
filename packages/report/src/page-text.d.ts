/** What the build makes of `src/page`: the texts that every report carries. */

export interface InlineText {
  /** As it stands between the tags, without a character that a parser would change. */
  readonly text: string;
  /** Of the text's UTF-8, base64, for the page's content security policy. */
  readonly sha256: string;
}

export const pageScript: InlineText;
export const pageStyle: InlineText;
