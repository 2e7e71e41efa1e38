#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { processTerminal } from '../cli/terminal.ts';

// Nobody reads any more (`| head`): the trail survives an end at any moment.
process.stdout.on('error', () => process.exit(1));
process.stderr.on('error', () => process.exit(1));

// A recording that a stop left unfinished, or a client's open connection, must not keep the process.
process.exit(await runProgram(process.argv.slice(2), processTerminal()));
