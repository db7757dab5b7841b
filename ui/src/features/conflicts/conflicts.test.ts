// The conflict chooser: both sides are shown with their authors, and a side is chosen by key or pointer.
import { screen, within } from '@testing-library/svelte';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Conflict, ItemDocument } from '../../generated/contract';
import * as data from '../../testing/fixture-data';
import { renderWith, tidy, type Rendered } from '../../testing/render';
import ConflictChooser from './ConflictChooser.svelte';

const item = data.items(1)[0]!;
const names: Record<string, string> = { 'member-annotator': 'Annotator', 'member-lead': 'Lead' };
const open = async (document: ItemDocument = data.document(item)): Promise<Rendered & { onchoose: ReturnType<typeof vi.fn> }> => {
  const onchoose = vi.fn();
  const props = { schema: data.schema, document, previewUrl: 'preview.jpg', width: 640, height: 480, memberName: (id: string): string => names[id] ?? id, onchoose };
  return { ...(await renderWith('annotator', ConflictChooser, props)), onchoose };
};
afterAll(tidy);

describe('conflict chooser', () => {
  it('draws both shapes with their authors', async () => {
    const { user } = await open();
    await user.click(screen.getByTestId('conflict-next'));
    const [first, second] = [screen.getByTestId('conflict-side-1'), screen.getByTestId('conflict-side-2')];
    expect(first).toHaveTextContent('Annotator');
    expect(first).toHaveTextContent('Box 96 × 210 px');
    expect(second).toHaveTextContent('Lead');
    expect(second.querySelector('path.shape')?.getAttribute('d')).toBe('M96 60H240V310H96Z');
    expect(first.querySelector('svg')?.getAttribute('viewBox')).toBe('0 0 640 480');
  });
  it('chooses by key', async () => {
    const { user, onchoose } = await open();
    await user.keyboard('2');
    expect(onchoose).toHaveBeenCalledExactlyOnceWith('conflict-class', 1);
    await user.keyboard('3');
    expect(onchoose).toHaveBeenCalledOnce();
  });
  it('goes through several conflicts and chooses by pointer', async () => {
    const { user, onchoose } = await open();
    expect(within(screen.getByTestId('conflict-side-2')).getByText('object')).toBeInTheDocument();
    await user.click(screen.getByTestId('conflict-next'));
    await user.click(screen.getByTestId('conflict-side-2'));
    expect(onchoose).toHaveBeenCalledExactlyOnceWith('conflict-shape', 1);
  });
  it('shows deleted against kept', async () => {
    const document = data.document(item);
    const [annotation] = document.annotations;
    const conflict: Conflict = { id: 'conflict-gone', property: { kind: 'existence', annotation: annotation!.id }, sides: [
      { author: 'member-lead', value: { kind: 'absent' } },
      { author: 'member-annotator', value: { kind: 'annotation', value: annotation! } },
    ] };
    await open({ ...document, annotations: [], conflicts: [conflict] });
    expect(screen.getByTestId('conflict-side-1')).toHaveTextContent('Deleted');
    expect(screen.getByTestId('conflict-side-2')).toHaveTextContent('Kept: person');
  });
  it('asks for the class before the shape and the attributes, whose answers follow from it', async () => {
    const document = data.document(item);
    const kinds = (): string[] => document.conflicts.map((one) => one.property.kind);
    expect(kinds()).toEqual(['shape', 'class']);
    const { user } = await open(document);
    const asked: (string | undefined)[] = [];
    asked.push(screen.getByTestId('conflict').dataset['conflict']);
    await user.click(screen.getByTestId('conflict-next'));
    asked.push(screen.getByTestId('conflict').dataset['conflict']);
    expect(asked).toEqual(['conflict-class', 'conflict-shape']);
  });
  it('is not there without conflicts', async () => {
    await open({ ...data.document(item), conflicts: [] });
    expect(screen.queryByTestId('conflict')).toBeNull();
  });
});
