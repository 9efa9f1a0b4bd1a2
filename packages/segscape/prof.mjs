import { useBackend } from '@segscape/backend'; await useBackend('cpu');
import { runStudy } from '@segscape/study';
import { memoryStorage } from '@segscape/runs';
const tiny = {
  name: 'tiny',
  data: { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } },
  augment: [{ kind: 'flip' }],
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: [{ name: 'crossEntropy', label: 'CE 1:1' }, { name: 'dice' }],
  training: { epochs: 2, batchSize: 2 },
  landscape: { resolution: 3, samples: 2, maps: false },
};
for(let k=0;k<2;k++){
const t0=performance.now(), c0=process.cpuUsage(); let last=t0, stage='start'; const by={};
for await (const e of runStudy(tiny,{storage:memoryStorage()})){ const n=performance.now(); const s=e.type==='progress'?e.stage:e.type; by[s]=(by[s]??0)+n-last; last=n; }
const c=process.cpuUsage(c0);
console.log((performance.now()-t0).toFixed(0),'cpu',((c.user+c.system)/1000).toFixed(0),Object.fromEntries(Object.entries(by).map(([k,v])=>[k,Math.round(v)])));
}
