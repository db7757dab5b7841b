// Invented but realistic data for component tests and development. Members are named by their roles.
import type { Annotation, BatchSummary, ItemCounts, ItemDocument, ItemSummary, LabelSchema, MemberSummary, Session } from '../generated/contract';

/** A fixed moment, so that tests do not depend on the clock; development uses the real time. */
export const testNow = Date.UTC(2026, 10, 24, 9, 30);
const day = 86_400_000;

export const schema: LabelSchema = {
  classes: [
    { id: 'class-person', name: 'person', color: '#0072b2', key: '1', shapes: ['box', 'polygon'], attributes: [
      { id: 'attribute-pose', name: 'pose', type: { kind: 'select', options: ['standing', 'walking', 'sitting'] }, default: { kind: 'select', value: 'standing' }, required: false },
      { id: 'attribute-occluded', name: 'occluded', type: { kind: 'checkbox' }, default: { kind: 'checkbox', value: false }, required: false },
    ] },
    { id: 'class-vehicle', name: 'vehicle', color: '#d55e00', key: '2', shapes: ['box', 'polygon'], attributes: [
      { id: 'attribute-plate', name: 'plate', type: { kind: 'text' }, default: null, required: false },
    ] },
    { id: 'class-animal', name: 'animal', color: '#cc79a7', key: '3', shapes: ['box', 'polygon'], attributes: [] },
    { id: 'class-object', name: 'object', color: '#009e73', key: '4', shapes: ['box', 'polygon'], attributes: [] },
    { id: 'class-night', name: 'night', color: '#e69f00', key: '5', shapes: ['tag'], attributes: [] },
  ],
  attributes: [{ id: 'attribute-weather', name: 'weather', type: { kind: 'select', options: ['clear', 'rain', 'snow'] }, default: null, required: false }],
};

export const me = { member: 'member-annotator', name: 'Annotator', role: 'annotator' as const, device: 'device-1', deviceName: 'Office desktop', fingerprint: '7K3Q 9VXM 2HTD P5RA 81NC WZ4E 6JBF Y0GS' };
export const organisation = { id: 'org-1', name: 'Annotation Box Demo', fingerprint: 'M4DX 81QP ZT7C 0HNW R93K VB2E 5YSA J6GF' };
export const readySession = (lead: boolean): Session => ({
  kind: 'ready',
  me: lead ? { ...me, member: 'member-lead', name: 'Lead', role: 'lead', deviceName: 'Review laptop' } : me,
  organisation,
});

export const members: MemberSummary[] = [
  { id: 'member-owner', name: 'Owner', role: 'owner', devices: [{ name: 'Safe desk', fingerprint: 'A1B2 C3D4 E5F6 G7H8 J9K0 L1M2 N3P4 Q5R6' }], invited: false },
  { id: 'member-lead', name: 'Lead', role: 'lead', devices: [{ name: 'Review laptop', fingerprint: me.fingerprint }, { name: 'Home office', fingerprint: 'ZX82 77QA PLM4 0KNB V6TR E3WD 19YH C5GU' }], invited: false },
  { id: 'member-annotator', name: 'Annotator', role: 'annotator', devices: [{ name: 'Office desktop', fingerprint: 'T8RW 4MZC 6QXJ 2PNV H0KD S5YB 7FGA E913' }], invited: false },
  { id: 'member-annotator-2', name: 'Annotator 2', role: 'annotator', devices: [{ name: 'Window seat', fingerprint: 'KD93 0WQA 7VMX 5TZR B2NE J8PC Y4HG 61SF' }], invited: false },
  { id: 'member-annotator-3', name: 'Annotator 3', role: 'annotator', devices: [], invited: true },
];

export function counts(change: Partial<ItemCounts>): ItemCounts {
  const all: ItemCounts = { total: 0, untouched: 0, labelled: 0, submitted: 0, accepted: 0, rejected: 0, conflicts: 0, waiting: 0, ...change };
  return { ...all, total: all.untouched + all.labelled + all.submitted + all.accepted + all.rejected };
}

export function batch(change: Partial<BatchSummary> & { id: string }, now: number): BatchSummary {
  return {
    name: 'Crossings, week 47', project: 'Street scenes', presence: 'here', bytes: 1_240_000_000, bytesHere: 1_240_000_000, itemsHere: 400,
    counts: counts({ untouched: 400 }), due: now + 3 * day, created: now - 5 * day, assignees: [], canReview: false, ...change,
  };
}

export function batchList(now: number, lead: boolean): BatchSummary[] {
  const people = [{ member: 'member-annotator', name: 'Annotator' }, { member: 'member-annotator-2', name: 'Annotator 2' }];
  const list = [
    batch({ id: 'batch-crossings', counts: counts({ untouched: 188, labelled: 74, submitted: 96, accepted: 31, rejected: 11, conflicts: 2, waiting: 3 }), assignees: people }, now),
    batch({ id: 'batch-harbour', name: 'Harbour at dusk', project: 'Street scenes', due: now - 2 * day, bytes: 312_000_000, bytesHere: 312_000_000, counts: counts({ untouched: 9, labelled: 21, submitted: 90 }), assignees: people.slice(0, 1) }, now),
    batch({ id: 'batch-kitchen', name: 'Kitchen tables', project: 'Households', presence: 'remote', due: now, bytes: 86_400_000, bytesHere: 0, itemsHere: 0, counts: counts({ untouched: 64 }), assignees: people.slice(1) }, now),
    batch({ id: 'batch-animals', name: 'Animals in the field', project: 'Wildlife', due: now + 19 * day, bytes: 2_900_000_000, bytesHere: 1_100_000_000, itemsHere: 0, presence: 'remote', counts: counts({ untouched: 880, labelled: 120 }), assignees: people }, now),
    batch({ id: 'batch-pilot', name: 'Pilot', project: 'Street scenes', due: null, bytes: 21_000_000, bytesHere: 21_000_000, counts: counts({ accepted: 24 }), assignees: people }, now),
  ].map((one) => ({ ...one, canReview: lead }));
  return lead ? [batch({ id: 'batch-new', name: 'Crossings, week 48', presence: 'unpushed', counts: counts({ untouched: 30 }), bytes: 48_000_000, bytesHere: 48_000_000, due: now + 9 * day, canReview: true }, now), ...list] : list;
}

const box = (id: string, classId: string, x: number, y: number, w: number, h: number): Annotation => ({
  id, class: classId, shape: { kind: 'box', min: { x, y }, max: { x: x + w, y: y + h } }, attributes: [], author: 'member-annotator',
});

/** Photos in the folder that the development server offers: name, width, height. */
export const photos = [
  ['000000030213', 640, 449], ['000000041888', 640, 480], ['000000055299', 640, 429], ['000000116740', 427, 640], ['000000208901', 640, 427],
  ['000000278528', 640, 480], ['000000397133', 640, 427], ['000000360461', 640, 427],
] as const;
export const photoOf = (item: string): (typeof photos)[number] => photos[Number(item.split('-')[1] ?? 0) % photos.length] ?? photos[0];

export function items(total: number): ItemSummary[] {
  return Array.from({ length: total }, (_, index) => ({
    id: `item-${index}`, name: `site-${1 + Math.floor(index / 10)}/photo-${String(index + 1).padStart(4, '0')}.jpg`, width: photoOf(`item-${index}`)[1], height: photoOf(`item-${index}`)[2],
    state: index === 2 ? 'rejected' : index % 7 === 3 ? 'submitted' : index % 11 === 5 ? 'accepted' : 'open',
    annotations: index % 3 === 0 ? 3 : 0, openComments: index === 2 ? 1 : 0, conflicts: index === 0 ? 1 : 0, waiting: index < 3, here: true,
  }));
}

export function document(item: ItemSummary): ItemDocument {
  const annotations = item.annotations === 0 ? [] : [
    box(`${item.id}-a`, 'class-person', 110.5, 80, 96, 210),
    box(`${item.id}-b`, 'class-vehicle', 300, 220.25, 220, 130),
    { ...box(`${item.id}-c`, 'class-animal', 0, 0, 0, 0), shape: { kind: 'polygon' as const, parts: [[{ x: 60, y: 300 }, { x: 150, y: 280 }, { x: 190, y: 360 }, { x: 120, y: 420 }, { x: 52, y: 380 }]] } },
  ];
  return {
    state: item.state === 'rejected' ? { kind: 'rejected', reason: 'The second vehicle is missing.' } : { kind: item.state },
    annotations, attributes: [],
    comments: item.openComments > 0 ? [{ id: `${item.id}-remark`, author: 'member-lead', time: testNow, anchor: { kind: 'place', at: { x: 420, y: 150 } }, text: 'There is another one here.', resolved: false }] : [],
    conflicts: item.conflicts > 0 ? conflicts(`${item.id}-a`, `${item.id}-b`) : [],
  };
}

export function conflicts(first: string, second: string): ItemDocument['conflicts'] {
  return [
    { id: 'conflict-shape', property: { kind: 'shape', annotation: first }, sides: [
      { author: 'member-annotator', value: { kind: 'shape', value: { kind: 'box', min: { x: 110.5, y: 80 }, max: { x: 206.5, y: 290 } } } },
      { author: 'member-lead', value: { kind: 'shape', value: { kind: 'box', min: { x: 96, y: 60 }, max: { x: 240, y: 310 } } } },
    ] },
    { id: 'conflict-class', property: { kind: 'class', annotation: second }, sides: [
      { author: 'member-annotator', value: { kind: 'class', value: 'class-vehicle' } },
      { author: 'member-lead', value: { kind: 'class', value: 'class-object' } },
    ] },
  ];
}

export const agreement = Array.from({ length: 9 }, (_, index) => [
  `${index + 1}. ${['Purpose', 'Confidentiality', 'Access', 'Devices', 'Return and deletion', 'Incidents', 'Personal data', 'Duration', 'Breach'][index]}`,
  'The member keeps client data strictly confidential, looks at it only in order to label it, makes no copies, and lets nobody else see the screen. This holds for pictures, their names, labels and remarks alike.',
].join('\n')).join('\n\n');
