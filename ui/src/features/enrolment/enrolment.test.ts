// Enrolment: every step, and every way in which it fails.
import { screen, waitFor } from '@testing-library/svelte';
import { afterAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../generated/contract';
import { session } from '../../state/session.svelte';
import { organisation } from '../../testing/fixture-data';
import { renderWith, tidy, type Rendered } from '../../testing/render';
import { words } from '../../words';
import Enrolment from './Enrolment.svelte';

const text = words.enrolment;
afterAll(tidy);

async function toReview(): Promise<Rendered> {
  const rendered = await renderWith('enrol', Enrolment, {});
  await rendered.user.type(screen.getByTestId('enrol-code'), '  abox1-code  ');
  await rendered.user.click(screen.getByTestId('enrol-inspect'));
  await screen.findByTestId('enrol-facts');
  return rendered;
}
async function toDevice(): Promise<Rendered> {
  const rendered = await toReview();
  await rendered.user.click(screen.getByTestId('enrol-confirm'));
  await rendered.user.click(await screen.findByTestId('enrol-agree'));
  await rendered.user.click(screen.getByTestId('enrol-agreement-next'));
  await rendered.user.type(await screen.findByTestId('enrol-device'), 'Desk 4');
  return rendered;
}

describe('enrolment', () => {
  it('shows what the code says before anything is changed', async () => {
    const { host } = await toReview();
    expect(host.last('inspect_invite')).toEqual({ code: 'abox1-code' });
    expect(screen.getByTestId('enrol-facts')).toHaveTextContent(organisation.name);
    expect(screen.getByTestId('enrol-fingerprint')).toHaveTextContent(organisation.fingerprint);
    expect(host.last('enroll')).toBeUndefined();
  });
  it('cannot accept an agreement that was not read to its end', async () => {
    const { user } = await toReview();
    // Without layout every text is as tall as its frame; a tall one is made here.
    const tall = { scrollHeight: 900, clientHeight: 300 };
    const before = Object.keys(tall).map((name) => [name, Object.getOwnPropertyDescriptor(HTMLElement.prototype, name) ?? Object.getOwnPropertyDescriptor(Element.prototype, name)] as const);
    for (const [name, value] of Object.entries(tall)) Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
    try {
      await user.click(screen.getByTestId('enrol-confirm'));
      const agreement = await screen.findByTestId('enrol-agreement');
      expect(screen.getByTestId('enrol-agree')).toBeDisabled();
      expect(screen.getByTestId('enrol-agreement-next')).toBeDisabled();
      agreement.scrollTop = 600;
      agreement.dispatchEvent(new Event('scroll'));
      await waitFor(() => expect(screen.getByTestId('enrol-agree')).toBeEnabled());
      expect(screen.getByTestId('enrol-agreement-next')).toBeDisabled();
    } finally {
      for (const [name, descriptor] of before) {
        delete (HTMLElement.prototype as unknown as Record<string, unknown>)[name];
        if (descriptor !== undefined) Object.defineProperty(HTMLElement.prototype, name, descriptor);
      }
    }
  });
  it('enrols with the agreement accepted and goes to the batches', async () => {
    const { user, host } = await toDevice();
    await user.click(screen.getByTestId('enrol-submit'));
    await user.click(await screen.findByTestId('enrol-start'));
    expect(host.last('enroll')).toEqual({ code: 'abox1-code', deviceName: 'Desk 4', agree: true });
    await waitFor(() => expect(session.view).toEqual({ kind: 'batches' }));
    expect(session.ready?.me.deviceName).toBe('Desk 4');
  });
  it.each<ErrorCode>(['invite-invalid', 'wrong-server', 'server-lied', 'offline'])('shows %s in its place with advice, and keeps the code', async (code) => {
    const { user, host } = await renderWith('enrol', Enrolment, {});
    host.fail('inspect_invite', { code, message: `What is wrong: ${code}.` });
    await user.type(screen.getByTestId('enrol-code'), 'abox1-code');
    await user.click(screen.getByTestId('enrol-inspect'));
    const failure = await screen.findByTestId('enrol-failure');
    expect(failure).toHaveTextContent(`What is wrong: ${code}.`);
    expect(failure).toHaveTextContent(text.advice[code] ?? 'no advice');
    expect(screen.getByTestId('enrol-code')).toHaveValue('abox1-code');
    expect(screen.getByTestId('enrol-inspect')).toBeEnabled();
  });
  it.each<ErrorCode>(['keychain-locked', 'keychain-unavailable', 'invite-invalid', 'offline', 'disk-full', 'already-enrolled'])('shows %s while enrolling, and can try again', async (code) => {
    const { user, host } = await toDevice();
    host.fail('enroll', { code, message: 'It did not work.' });
    await user.click(screen.getByTestId('enrol-submit'));
    expect(await screen.findByTestId('enrol-failure')).toHaveTextContent('It did not work.');
    host.fail('enroll', null);
    await user.click(screen.getByTestId('enrol-submit'));
    expect(await screen.findByTestId('enrol-start')).toBeInTheDocument();
    expect(screen.queryByTestId('enrol-failure')).toBeNull();
  });
  it('goes back from the device to the agreement', async () => {
    const { user } = await toDevice();
    await user.click(screen.getByTestId('enrol-back'));
    expect(await screen.findByTestId('enrol-agreement')).toBeInTheDocument();
  });
});
