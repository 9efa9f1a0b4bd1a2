import { config } from 'zod';

// Zod would otherwise try whether text may be code here, which the page's policy refuses and reports. Imported before
// anything that makes a schema.
config({ jitless: true });
