import { buildBook, FULL_BOOK, openingMarks } from '/work/main/bench/book.ts';
import { sweep } from '/work/main/packages/core/src/engine/sweep.ts';
import { Dice } from '/work/main/packages/core/src/engine/dice.ts';
const t=performance.now(); const e = buildBook(FULL_BOOK); console.log('build', Math.round(performance.now()-t),'ms', e.positions.count);
const dice=new Dice(3);
const times:number[]=[]; let n=0;
for(let i=0;i<25;i++){ for(const m of e.markets) m.markTicks=Math.max(1,Math.round(m.markTicks*(1+(dice.between(-20,20)/10000)))); const s=new Set<number>(); const a=performance.now(); sweep(e,s); times.push(performance.now()-a); n=s.size;}
times.sort((a,b)=>a-b); console.log('median',times[12].toFixed(1),'min',times[0].toFixed(1),'max',times[24].toFixed(1),'found',n);
