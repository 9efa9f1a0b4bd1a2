import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where Chromium's packages put SwiftShader, a Vulkan driver in software, and a loader for it. */
const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/** Describes the driver to the loader. */
const description = 'vk_swiftshader_icd.json';

/** Whether the machine has a Vulkan driver of its own. */
const hasOwnDriver = () =>
  ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some(
    (folder) =>
      existsSync(folder) && readdirSync(folder).some((name) => /nvidia|amd|radeon|intel/i.test(name)),
  );

/**
 * What a process must have in its environment so that WebGPU finds a Vulkan driver: the machine's, else Chromium's
 * SwiftShader. Empty where there is neither.
 */
export function vulkanEnvironment(): Record<string, string> {
  const { VK_ICD_FILENAMES, XDG_RUNTIME_DIR = tmpdir(), LD_LIBRARY_PATH } = process.env;
  const folder = folders.find((one) => existsSync(`${one}/${description}`));
  if (VK_ICD_FILENAMES !== undefined || hasOwnDriver() || folder === undefined) return { XDG_RUNTIME_DIR };
  return {
    XDG_RUNTIME_DIR,
    VK_ICD_FILENAMES: `${folder}/${description}`,
    // A machine without a graphics card often has no loader, libvulkan.so.1, either; Chromium brings its own.
    LD_LIBRARY_PATH: [LD_LIBRARY_PATH, folder].filter(Boolean).join(':'),
  };
}
