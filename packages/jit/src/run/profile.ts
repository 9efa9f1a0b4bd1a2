interface Event {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly provider?: string };
}

/** Operations that the CPU ran, by a profile that ONNX Runtime wrote of a session. */
export function countCpuNodes(profile: string): number {
  const nodes = new Set<string>();
  for (const { cat, name, args } of JSON.parse(profile) as Event[])
    if (cat === 'Node' && args?.provider === 'CPUExecutionProvider' && name?.endsWith('_kernel_time'))
      nodes.add(name);
  return nodes.size;
}
