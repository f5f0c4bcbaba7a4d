import type { Axis, Line } from './scales.ts';

const quoted = (text: string): string => (/[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One row for each point: the line's name, x and y, in full precision (RFC 4180). */
export const csvOf = (x: Axis, y: Axis, lines: readonly Line[]): string => {
  const rows = [`line,${quoted(x.label)},${quoted(y.label)}`];
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i += 1)
      rows.push(`${quoted(line.name)},${String(line.x[i])},${String(line.y[i])}`);
  }
  return `${rows.join('\r\n')}\r\n`;
};

const KEPT = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'opacity',
];

/** The chart as it is seen, as a file of its own: what the window's styles say is written into it. */
export const svgOf = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const original = originals[i];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    element.setAttribute('style', KEPT.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
    element.removeAttribute('class');
  });
  for (const element of copy.querySelectorAll('[data-transient]')) element.remove();
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
};
