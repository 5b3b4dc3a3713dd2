// @ts-check
// Prints how many tests passed and failed in a JSON report of vitest; a file that does not load is one failure.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), 'utf8'));
/** @type {{ status: string, assertionResults: unknown[] }[]} */
const files = report.testResults;
const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
console.log(report.numPassedTests, report.numFailedTests + unloaded);
