import { fileNameOf } from './read-setting.ts';
import { commands, type Setting } from './setting.ts';
import { settingNames, settings } from './settings.ts';

/** Where the table begins and ends in the README. */
export const referenceMarkers = {
  begin: '<!-- settings: begin (rendered from src/config/settings.ts) -->',
  end: '<!-- settings: end -->',
} as const;

/** Renders the table of all settings as Markdown, between its markers and without a line break at the end. */
export function configReference(): string {
  const head = ['| Name | What | Allowed | Default | Required by |', '|---|---|---|---|---|'];
  const rows = settingNames.map((name) => referenceRow(name, settings[name]));
  return [referenceMarkers.begin, ...head, ...rows, referenceMarkers.end].join('\n');
}

function referenceRow(name: string, setting: Setting<unknown>): string {
  const file = setting.secret === true ? ` May be given as the path of a file, in \`${fileNameOf(name)}\`.` : '';
  const allowed = setting.kind.allowed.replace(/[*_<]/g, '\\$&');
  const cells = [`\`${name}\``, `${setting.description}${file}`, allowed, absenceOf(setting), requiredBy(setting)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function absenceOf(setting: Setting<unknown>): string {
  switch (setting.absence) {
    case 'refused':
      return '';
    case 'default':
      return setting.default === '' ? 'none' : `\`${setting.default}\``;
    case 'undefined':
      return setting.absenceMeans;
  }
}

function requiredBy(setting: Setting<unknown>): string {
  if (setting.absence !== 'refused') return '';
  return commands
    .filter((command) => setting.usedBy.includes(command))
    .map((command) => `\`${command}\``)
    .join(', ');
}
