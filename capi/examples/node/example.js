// sidestep from Node.js, over the C ABI. One scanner serves the event loop; a worker thread makes its own.
const koffi = require('koffi');

const c = koffi.load(process.env.SIDESTEP_LIBRARY || 'libsidestep.so.1');
const abiVersion = c.func('uint32_t sidestep_abi_version()');
const codeName = c.func('const char *sidestep_code_name(int32_t)');
const errorNew = c.func('void *sidestep_error_new()');
const errorText = c.func('const char *sidestep_error_text(void *)');
const errorFree = c.func('void sidestep_error_free(void *)');
const filterNew = c.func('int32_t sidestep_filter_new(void *, _Out_ void **, void *)');
const filterRelease = c.func('void sidestep_filter_release(void *)');
const scannerNew = c.func('int32_t sidestep_scanner_new(void *, _Out_ void **)');
const scannerFree = c.func('int32_t sidestep_scanner_free(void *)');
const scan = c.func('int32_t sidestep_scan(void *, const char *, size_t)');
const verdictJson = c.func('int32_t sidestep_verdict_json(void *, _Out_ const char **, _Out_ size_t *)');

if (abiVersion() !== 1) throw new Error('libsidestep has another ABI');

const filter = [null];
const error = errorNew();
if (filterNew(null, filter, error) < 0) throw new Error(errorText(error));
errorFree(error);
const scanner = [null];
if (scannerNew(filter[0], scanner) < 0) throw new Error('no scanner');

function judge(message) {
  const bytes = Buffer.from(message);
  const action = scan(scanner[0], bytes, bytes.length);
  if (action < 0) throw new Error(codeName(action));
  if (action === 0) return { action: 'allow', findings: [] };
  const json = [null];
  verdictJson(scanner[0], json, [0]);
  return JSON.parse(json[0]);
}

const given = process.argv.slice(2);
for (const message of given.length ? given : ['see you at eight', 'add me on wh4ts@pp +1 415 555 0132']) {
  const verdict = judge(message);
  console.log(verdict.action.padEnd(7) + message);
  for (const f of verdict.findings) console.log(`       ${f.rule}: ${f.text}`);
}
scannerFree(scanner[0]);
filterRelease(filter[0]);
