/** What the build makes of `src/page` and of plotly: the texts that every report carries. */
export const pageScript: string;
export const pageStyle: string;
export const plotlyScript: string;
