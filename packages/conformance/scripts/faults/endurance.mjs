import { slopeOf } from './slope.mjs';
import { watchedChild } from './watched-child.mjs';

const works = { 'training steps': 10_000, 'landscape points': 1000, predictions: 1000 };
/** What the resident set may seem to grow by over the second half, in megabytes: pools and pages come and go. */
const mostMegabytes = 16;

/** What grew over the second half: in the first, pools fill and code is compiled. */
function growth(samples) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const of = (name) => slopeOf(half.map((sample) => sample[name])) * (half.length - 1);
  return { megabytes: of('megabytes'), tensors: of('tensors'), handles: of('handles'), files: of('files') };
}

const faultOf = ({ megabytes, tensors, handles, files }) =>
  [
    megabytes > mostMegabytes && `the resident set grew by ${megabytes.toFixed(1)} MB`,
    tensors >= 1 && `${tensors.toFixed(1)} tensors were left`,
    handles >= 1 && `${handles.toFixed(1)} handles were left open`,
    files >= 1 && `${files.toFixed(1)} files were left open`,
  ]
    .filter(Boolean)
    .join(', ') || undefined;

/** Ten thousand training steps, a thousand points of a surface, a thousand predictions: memory, tensors and handles stay as they were. */
export async function endurance({ share }) {
  const lost = [];
  let tried = 0;
  for (const [work, whole] of Object.entries(works)) {
    const count = Math.max(200, Math.round(whole * Math.min(share, 20)));
    const { said, ended } = await watchedChild('endurance-reader.mjs', [work, count], {
      nodeArgs: ['--expose-gc', '--max-old-space-size=1024'],
      silent: 120_000,
    });
    tried += count;
    const grown = growth(said);
    const fault = ended ?? (said.length < 50 ? `only ${said.length} samples came` : faultOf(grown));
    if (fault !== undefined) lost.push(`${count} ${work}: ${fault} over the second half`);
    console.log(
      `  ${count} ${work}: ${grown.megabytes.toFixed(1)} MB, ${grown.tensors.toFixed(1)} tensors, ${grown.handles.toFixed(1)} handles more at the end of the second half`,
    );
  }
  return { tried, lost };
}
