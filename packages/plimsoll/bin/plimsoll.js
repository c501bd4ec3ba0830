#!/usr/bin/env node
/** Starts the built program, or says in one sentence why it cannot. */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/cli/index.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  fail(`plimsoll needs Node 20.19 or newer and this is ${process.versions.node}: update Node.`);
} else if (!existsSync(program)) {
  fail('plimsoll is not built yet: run npm run build in its repository.');
} else {
  nodeModule.enableCompileCache?.();
  const { main } = await import(program.href);
  await main(process.argv.slice(2));
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
