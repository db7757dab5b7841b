// What a schema's text seems to hold, to show it while somebody chooses it. Whether it is a schema is for the core to say.

export interface PreviewedClass {
  name: string;
  color: string | null;
  key: string | null;
  shapes: string[];
}

export type SchemaPreview = { kind: 'empty' } | { kind: 'not-json' } | { kind: 'no-classes' } | { kind: 'classes'; classes: PreviewedClass[] };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function previewSchema(source: string): SchemaPreview {
  if (source.trim() === '') return { kind: 'empty' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    return { kind: 'not-json' };
  }
  const classes = isRecord(parsed) ? parsed['classes'] : undefined;
  if (!Array.isArray(classes) || classes.length === 0) return { kind: 'no-classes' };
  return {
    kind: 'classes',
    classes: classes.filter(isRecord).map((one) => ({
      name: text(one['name']) ?? '',
      color: /^#[0-9a-f]{6}$/i.test(text(one['color']) ?? '') ? text(one['color']) : null,
      key: text(one['key']),
      shapes: Array.isArray(one['shapes']) ? one['shapes'].filter((shape): shape is string => typeof shape === 'string') : [],
    })),
  };
}
