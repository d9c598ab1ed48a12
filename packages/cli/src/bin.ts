// The command line itself is not written yet; saying so beats a stack trace about a missing file.
process.stderr.write('espalier: this build has no commands yet\n');
process.exitCode = 1;
