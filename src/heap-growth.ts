import { setFlagsFromString } from 'node:v8';

/** How many walks are under way; a number of the process, for so are the flags. */
let walks = 0;

/**
 * Has the heap of JavaScript grow little until it is disposed of: for a walk through all that there is, page by page.
 *
 * Of each page next to nothing stays, but so much passes that V8 would take it for a reason to grow by a hundred megabytes.
 * V8 reads both flags whenever it decides how much to grow; without a walk it is to have its way, for then what comes at
 * once is work, and a small young generation would cost half of the events a second. `start.js` sets the first one for what
 * is allocated before anything runs.
 *
 * Node warns of changing V8's flags under a running program, for most are only read at its start. These two change how much
 * is allocated and nothing else: https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function growLittle(): Disposable {
  walks += 1;
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
  return {
    [Symbol.dispose]() {
      walks -= 1;
      if (walks > 0) return;
      // What they are unless told.
      setFlagsFromString('--semi-space-growth-factor=2');
      setFlagsFromString('--heap-growing-percent=0');
    },
  };
}
