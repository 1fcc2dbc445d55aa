import type { Point } from '../measure/distribution.ts';
import type { Chart } from '../scenarios/scenario.ts';
import { number } from './format.ts';
import { type Scale, scaleOf } from './scale.ts';

const width = 560;
const height = 300;
const columns = 2;
const margin = { left: 64, right: 28, top: 58, bottom: 46 } as const;
const plot = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };

/** By subject; the others get what is left. */
const colours: Readonly<Record<string, string>> = {
  nightwatch: '#1f5fbf',
  floor: '#d9730d',
  seed: '#8a8a8a',
  'raw POSTs': '#3a9d5d',
};

/** Draws line charts beside and below one another, in one picture. */
export function drawCharts(charts: readonly Chart[]): string {
  const rows = Math.ceil(charts.length / columns);
  const whole = { width: width * columns, height: height * rows };
  const drawn = charts.map((chart, index) => {
    const place = `translate(${(index % columns) * width} ${Math.floor(index / columns) * height})`;
    return `<g transform="${place}">\n${drawChart(chart)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.width} ${whole.height}" font-family="sans-serif" font-size="12">`,
    '<title>nightwatch beside the floor: distributions of times, and rates over time</title>',
    `<rect width="${whole.width}" height="${whole.height}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawChart({ title, across, up, isLogarithmic, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const x = scaleOf(
    points.map(([value]) => value),
    plot.width,
    isLogarithmic,
  );
  const y = scaleOf(
    points.map(([, value]) => value),
    plot.height,
    false,
  );
  return [
    text(margin.left, 20, title, 'font-weight="bold"'),
    ...x.ticks.map((tick) => verticalLine(x, tick)),
    ...y.ticks.map((tick) => horizontalLine(y, tick)),
    text(margin.left + plot.width / 2, height - 10, across, 'text-anchor="middle"'),
    text(
      16,
      margin.top + plot.height / 2,
      up,
      `text-anchor="middle" transform="rotate(-90 16 ${margin.top + plot.height / 2})"`,
    ),
    ...lines.map(({ name, points: some }) => polyline(some, x, y, colourOf(name))),
    ...lines.map(({ name }, index) => legend(name, index)),
  ].join('\n');
}

function verticalLine(scale: Scale, tick: number): string {
  const at = margin.left + scale.place(tick);
  const line = `<line x1="${round(at)}" x2="${round(at)}" y1="${margin.top}" y2="${margin.top + plot.height}" stroke="#dddddd"/>`;
  return `${line}${text(at, margin.top + plot.height + 16, label(tick), 'text-anchor="middle"')}`;
}

function horizontalLine(scale: Scale, tick: number): string {
  const at = margin.top + plot.height - scale.place(tick);
  const line = `<line x1="${margin.left}" x2="${margin.left + plot.width}" y1="${round(at)}" y2="${round(at)}" stroke="#dddddd"/>`;
  return `${line}${text(margin.left - 6, at + 4, label(tick), 'text-anchor="end"')}`;
}

function polyline(points: readonly Point[], x: Scale, y: Scale, colour: string): string {
  const places = points.map(([across, up]) => {
    return `${round(margin.left + x.place(across))},${round(margin.top + plot.height - y.place(up))}`;
  });
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.join(' ')}"/>`;
}

function legend(name: string, index: number): string {
  const left = margin.left + index * 110;
  const mark = `<rect x="${left}" y="32" width="14" height="4" fill="${colourOf(name)}"/>`;
  return `${mark}${text(left + 20, 38, name, '')}`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" fill="#222222" ${attributes}>${escaped}</text>`;
}

function colourOf(name: string): string {
  return colours[name] ?? '#a03080';
}

function label(tick: number): string {
  return Number.isInteger(tick) ? String(tick) : number(tick);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
