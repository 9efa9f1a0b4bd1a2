// Made by scripts/build-kernels.mjs from assembly/*.ts; do not edit.
// biome-ignore-all format: long words

export const wordsBytes =
  'AGFzbQEAAAABBwFgA39/fwADAgEABQMBAAAHFAIHc3dhcHBlZAAABm1lbW9yeQIACm4BbAEBe/0MBwYFBAMCAQAPDg0MCwoJCP0MAwIBAAcGBQQLCgkIDw4NDP0MAQADAgUEBwYJCAsKDQwPDiACQQRGGyACQQhGGyEDA0AgACABSQRAIAAgAP0ABAAgA/0O/QsEACAAQRBqIQAMAQsLCw==';
