/** What reports of other packages share with a plan's, without the planner. */
export { escapeText } from './escape.ts';
export { htmlPage } from './html-page.ts';
export { HTML_STYLE } from './html-style.ts';
export { cut, styleFor, type Style } from './style.ts';
