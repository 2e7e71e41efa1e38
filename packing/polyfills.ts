/* oxlint-disable import/no-unassigned-import -- each adds what is missing, and exports nothing that is wanted here */
/** What Node 22 and 24 have of the language and Node 20 has not, as far as the command uses it (ADR 47). */
import 'core-js/actual/array/from-async.js';
import 'core-js/actual/iterator/index.js';
import 'core-js/actual/json/parse.js';
import 'core-js/actual/json/raw-json.js';
import 'core-js/actual/map/group-by.js';
import 'core-js/actual/object/group-by.js';
import 'core-js/actual/set/intersection.js';
