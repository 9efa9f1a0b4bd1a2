import { gridRegistry } from '@segscape/study';
import { loadPlugins, type PluginRecord } from './plugins.js';

/**
 * The registry of a run's own worker threads. The address that a thread loads this module by names the plug-ins of the run,
 * with the hashes that it recorded: a changed file is refused here, too.
 */
const plugins = new URL(import.meta.url).searchParams
  .getAll('plugin')
  .map((text) => JSON.parse(text) as PluginRecord);

const { registry } = await loadPlugins(plugins, process.cwd());

export default gridRegistry(registry);
