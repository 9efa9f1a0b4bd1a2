// Made by scripts/build-kernels.mjs from assembly/*.ts; do not edit.
// biome-ignore-all format: long words

export const coloursBytes =
  'AGFzbQEAAAABBgFgAn9/AAMCAQAFAwEAAAcTAgZ0dXJuZWQAAAZtZW1vcnkCAAqXAQGUAQEDewNAIAAgAUkEQCAA/QAEICECIAAgAP0ABAAiBCAA/QAEECID/Q0CAQAFBAMIBwYLCgkODQwR/QsEACAAIAQgA/0NEA8UExIXFhUaGRgdHBsAHyAC/Q0AAQIDBAUGBwgJCgsMDRAP/QsEECAAIAMgAv0NDhMSERYVFBkYFxwbGh8eHf0LBCAgAEEwaiEADAELCws=';
