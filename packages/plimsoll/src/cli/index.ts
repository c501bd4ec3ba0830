/** The command line: reads arguments, runs one command, prints, and says how it went. */
export { main } from './main.ts';
