#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { processTerminal } from '../cli/terminal.ts';

const terminal = processTerminal();
const code = await runProgram(process.argv.slice(2), terminal);
await terminal.end();
// A recording that a stop left unfinished, or a client's open connection, must not keep the process.
process.exit(code);
