/** Whether this machine keeps the low byte of a word first. */
export const hostLittle = /* @__PURE__ */ new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
