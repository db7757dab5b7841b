// Fails when a module of the window imports what its layer may not: a feature reaches shared, host, generated, words, actions,
// state and itself; only host/tauri.ts knows Tauri; nothing but main.ts and tests reaches the fixtures.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const src = resolve(import.meta.dirname, '../src');
const base = ['generated', 'words'];
/** What each layer may import besides itself. */
const layers = {
  generated: [],
  words: ['generated'],
  host: ['generated'],
  actions: ['words'],
  state: [...base, 'host'],
  shared: [...base, 'actions', 'state', 'host'],
  canvas: ['generated', 'host'],
  features: [...base, 'host', 'actions', 'state', 'shared'],
  views: [...base, 'host', 'actions', 'state', 'shared', 'features'],
  testing: [...base, 'host', 'actions', 'state', 'shared'],
};
/** Arrows between features that are meant, each with its reason. */
const featureArrows = {
  workspace: ['canvas', 'conflicts'], // draws on the canvas; shows conflicts where the work is done
};

const files = readdirSync(src, { recursive: true }).map(String).filter((file) => /\.(ts|svelte)$/.test(file));
const wrong = [];
for (const file of files) {
  const text = readFileSync(join(src, file), 'utf8');
  const [layer, feature] = file.split(/[\\/]/);
  const isTest = /\.test\.ts$/.test(file) || layer === 'testing';
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const target = match[1];
    if (target.startsWith('@tauri-apps/') && file !== join('host', 'tauri.ts')) wrong.push(`${file}: only host/tauri.ts may import ${target}`);
    if (!target.startsWith('.') || !(layer in layers)) continue;
    const [toLayer, toFeature] = relative(src, resolve(src, dirname(file), target)).split(/[\\/]/);
    if (toLayer === layer) {
      if (layer === 'features' && toFeature !== feature && !(featureArrows[feature] ?? []).includes(toFeature)) wrong.push(`${file}: feature ${feature} may not import feature ${toFeature}`);
      continue;
    }
    if (isTest && toLayer === 'testing') continue;
    if (layer === 'features' && toLayer === 'canvas' && (featureArrows[feature] ?? []).includes('canvas')) continue;
    if (!layers[layer].includes(toLayer)) wrong.push(`${file}: ${layer} may not import ${toLayer}`);
  }
}
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log(`${files.length} modules import only what their layer allows`);
