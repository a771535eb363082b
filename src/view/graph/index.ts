export { flowMermaid } from './flow-mermaid.js';
export { flowSvg } from './flow-svg.js';
