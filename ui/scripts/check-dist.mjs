// Fails when the built window holds what it must not: fixtures of development, inline scripts or styles, remote addresses.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const dist = resolve(import.meta.dirname, '../dist');
const wrong = [];
for (const file of readdirSync(dist, { recursive: true }).map(String)) {
  if (!/\.(html|js|css|json|svg)$/.test(file)) continue;
  const text = readFileSync(join(dist, file), 'utf8');
  for (const canary of ['fixture-host', 'fixtureHost', 'fixture-images', 'ABOX_FIXTURE']) if (text.includes(canary)) wrong.push(`${file} contains ${canary}`);
  if (/@import\s+(url\()?["']?https?:|url\(["']?https?:|<(script|link)[^>]+(src|href)=["']https?:/.test(text)) wrong.push(`${file} loads from a remote address`);
  if (file.endsWith('.html') && (/<script(?![^>]*\bsrc=)/.test(text) || /<style/.test(text))) wrong.push(`${file} holds an inline script or style`);
}
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log('the built window holds no fixtures, no inline code and no remote addresses');
