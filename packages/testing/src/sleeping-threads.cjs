// Required before anything else by tests and by the processes that they start: ONNX Runtime's threads sleep while they wait.
//
// By default they spin, so that the next operation finds them awake: on a machine of its own that is right, but where several files
// of tests share two cores it takes half of them away for nothing. Results are equal to the last bit; what is asked for is kept.
// https://onnxruntime.ai/docs/performance/tune-performance/threading.html
const Module = require('node:module');

const patched = Symbol.for('@segscape/testing sleeping threads');
const entry = /onnxruntime-node(?:[\\/]dist[\\/]index\.js)?$/;

function letSleep(InferenceSession) {
  if (InferenceSession[patched]) return;
  InferenceSession[patched] = true;
  const { create } = InferenceSession;
  InferenceSession.create = function (model, ...rest) {
    const [options = {}] = rest;
    // Else a buffer's offset and length stand there.
    if (typeof options === 'object') {
      const session = { intra_op: { allow_spinning: '0' }, ...options.extra?.session };
      rest[0] = { ...options, extra: { ...options.extra, session } };
    }
    return create.call(this, model, ...rest);
  };
}

if (!Module[patched]) {
  Module[patched] = true;
  const load = Module._load;
  Module._load = function (request, ...rest) {
    const loaded = load.call(this, request, ...rest);
    if (entry.test(request) && loaded?.InferenceSession) letSleep(loaded.InferenceSession);
    return loaded;
  };
}
