// A conflict in words: what it is about, and what each side wants. Geometry is only rounded for reading, never computed.
import type { AttributeValue, Conflict, ItemDocument, LabelSchema, Property, PropertyValue, Shape } from '../../generated/contract';
import { words } from '../../words';

const text = words.conflicts;

function attributeName(schema: LabelSchema, id: string): string {
  const all = [...schema.attributes, ...schema.classes.flatMap((one) => one.attributes)];
  return all.find((one) => one.id === id)?.name ?? text.unknownAttribute;
}

export const className = (schema: LabelSchema, id: string): string => schema.classes.find((one) => one.id === id)?.name ?? text.unknownClass;
export const classColor = (schema: LabelSchema, id: string | undefined): string | null => schema.classes.find((one) => one.id === id)?.color ?? null;

export function propertyTitle(schema: LabelSchema, property: Property): string {
  switch (property.kind) {
    case 'state': return text.properties.state;
    case 'existence': return text.properties.existence;
    case 'shape': return text.properties.shape;
    case 'class': return text.properties.class;
    case 'attribute':
    case 'item-attribute': return text.attribute(attributeName(schema, property.attribute));
  }
}

/** The class of the object that a conflict is about, as the document has it. */
export function conflictClass(document: ItemDocument, conflict: Conflict): string | undefined {
  const { property } = conflict;
  if (!('annotation' in property)) return undefined;
  const held = document.annotations.find((one) => one.id === property.annotation)?.class;
  if (held !== undefined) return held;
  // The object is deleted on the side that is shown; the other side still has it.
  for (const { value } of conflict.sides) if (value.kind === 'annotation') return value.value.class;
  return undefined;
}

const tenth = (value: number): string => String(Math.round(value * 10) / 10);

export function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case 'box': return text.shape.box(tenth(shape.max.x - shape.min.x), tenth(shape.max.y - shape.min.y));
    case 'polygon': return text.shape.polygon(shape.parts.reduce((sum, part) => sum + part.length, 0));
    case 'tag': return text.shape.tag;
  }
}

function attributeText(value: AttributeValue): string {
  switch (value.kind) {
    case 'checkbox': return value.value ? text.yes : text.no;
    case 'multi-select': return value.value.join(', ') || text.noValue;
    case 'number': return String(value.value);
    default: return value.value;
  }
}

export function valueText(schema: LabelSchema, property: Property, value: PropertyValue): string {
  switch (value.kind) {
    case 'absent': return property.kind === 'existence' ? text.absent : text.noValue;
    case 'state': return value.value.kind === 'rejected' ? text.sentBack(value.value.reason) : words.common.itemStates[value.value.kind];
    case 'annotation': return `${text.present}: ${className(schema, value.value.class)}`;
    case 'shape': return shapeText(value.value);
    case 'class': return className(schema, value.value);
    case 'attribute': return attributeText(value.value);
  }
}

/** The shape that a side wants, to draw it. */
export function valueShape(value: PropertyValue): Shape | null {
  if (value.kind === 'shape') return value.value;
  return value.kind === 'annotation' ? value.value.shape : null;
}
