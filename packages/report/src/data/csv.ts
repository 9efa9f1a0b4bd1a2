export { csvCell } from '@segscape/runs';
